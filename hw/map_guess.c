#include "hw/map_guess.h"
#include "hw/register_value.h"
#include "base/mem.h"

#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#define ASKED_MAX 128

struct asked {
	struct map_request q;
	int r;
	uint16_t words[4];
};

struct unit {
	int unit;
	map_guess_read *read;
	void *user;
	struct asked asked[ASKED_MAX];
	int count, silent;
	bool answered;
};

/* Nothing is asked twice, whichever maps ask. */
static int look(struct unit *u, const struct map_row *row, uint16_t *ret)
{
	struct map_request q = {row->table, row->address, map_type_registers(row->type)};
	for (int i = 0; i < u->count; i++)
		if (!memcmp(&u->asked[i].q, &q, sizeof q)) {
			memcpy(ret, u->asked[i].words, sizeof u->asked[i].words);
			return u->asked[i].r;
		}
	struct asked a = {.q = q};
	a.r = u->read(u->user, u->unit, q.table, q.address, q.count, a.words);
	u->answered |= a.r == 0 || modbus_exception(a.r);
	u->silent = a.r == -ETIMEDOUT ? u->silent + 1 : 0;
	if (u->count < ASKED_MAX)
		u->asked[u->count++] = a;
	memcpy(ret, a.words, sizeof a.words);
	return a.r;
}

/* Points, 0: does not hold, −errno: the bus is gone. */
static int weigh(struct unit *u, const struct map_rule *rule)
{
	struct map_value v;
	uint16_t words[4] = {0};
	int r = look(u, &rule->row, words);
	if (r && !modbus_fault_is_units(r))
		return r;
	if (rule->kind == RULE_REFUSES)
		return modbus_exception(r) ? 1 : 0;
	if (r)
		return 0;
	register_decode(&rule->row, words, &v);
	switch (rule->kind) {
	case RULE_ANSWERS:
		return 1;
	case RULE_RANGE:
		return v.valid && v.value >= rule->min && v.value <= rule->max ? 2 : 0;
	case RULE_EQUALS:
		return v.valid && fabs(v.value - rule->min) < 1e-9 ? 4 : 0;
	case RULE_UNIT:
		return v.valid && v.value == u->unit ? 4 : 0;
	case RULE_REFUSES:
		break;
	}
	return 0;
}

static int points_of(struct unit *u, const struct register_map *m)
{
	int sum = 0;
	for (int i = 0; i < m->rule_count; i++) {
		int r = weigh(u, &m->rule[i]);
		if (r <= 0)
			return r;
		sum += r;
	}
	return sum;
}

static void insert(struct map_guess *list, int *count, struct map_guess g)
{
	int at = *count;
	while (at > 0 && list[at - 1].points < g.points)
		at--;
	if (at == GUESS_MAX)
		return;
	int moved = (*count < GUESS_MAX ? *count : GUESS_MAX - 1) - at;
	memmove(&list[at + 1], &list[at], (size_t)moved * sizeof *list);
	list[at] = g;
	*count += *count < GUESS_MAX;
}

int map_guess(const struct register_maps *maps, int unit, map_guess_read *read, void *user,
	      struct map_guess ret[GUESS_MAX])
{
	struct unit *u = mem_alloc(sizeof *u);
	int count = 0, r = 0;
	*u = (struct unit){.unit = unit, .read = read, .user = user};
	for (int i = 0; i < maps->count && r >= 0; i++) {
		r = points_of(u, maps->map[i]);
		if (r > 0)
			insert(ret, &count, (struct map_guess){maps->map[i], r});
		/* it answered when it was found: now it is gone */
		if (r >= 0 && !u->answered && u->silent >= 3)
			r = -ETIMEDOUT;
	}
	free(u);
	return r < 0 ? r : count;
}
