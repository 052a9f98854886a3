/* Stores and notification: chosen from what the modem offers, written only on a difference (flash wears), and a
 * refusal goes on to the next candidate. */
#include "daemon/session_internal.h"
#include "base/log.h"
#include "base/text.h"

#include <errno.h>
#include <string.h>

/* ------------------------------------------------------------------------------------------------ +CPMS */

static void try_store(struct session *s);

/* All memories that may hold messages of ours; SR for reports. MT should be ME and SM together, and is not
 * always. */
static void note_memories(struct session *s)
{
	static const char *const known[] = {"ME", "SM", "SR"};
	s->memory_count = 0;
	text_copy(s->memory[s->memory_count++], sizeof s->memory[0], s->chosen);
	for (size_t i = 0; i < sizeof known / sizeof known[0]; i++)
		if (at_sets_has_name(&s->store_options, 0, known[i]) && strcmp(known[i], s->chosen) != 0)
			text_copy(s->memory[s->memory_count++], sizeof s->memory[0], known[i]);
}

static void chosen(struct session *s, const char *name, const struct at_stores *st)
{
	text_copy(s->chosen, sizeof s->chosen, name);
	text_copy(s->selected, sizeof s->selected, name);
	if (st->count > 0) {
		s->used = st->used[0];
		s->size = st->total[0];
	}
	note_memories(s);
	init_step_done(s, true);
}

static void on_store_set(void *user, const struct at_reply *r)
{
	struct session *s = user;
	struct at_stores st = {0};
	char name[12];
	if (port_over(s, r))
		return;
	if (r->final == AT_OK && at_choose_store(s->row, &s->store_options, s->procedure, name) == 0) {
		int e = at_read_stores(r, &st);
		/* a capacity of 0 is a store that takes nothing, though it says OK */
		if (e || st.count == 0 || st.total[0] != 0) {
			chosen(s, name, &st);
			return;
		}
	}
	s->procedure++;
	try_store(s);
}

static void try_store(struct session *s)
{
	char name[12];
	if (at_choose_store(s->row, &s->store_options, s->procedure, name) != 0) {
		init_step_done(s, false);
		return;
	}
	struct at_command c = at_cmd_stores_set(s->row, name);
	port_submit(s, &c, on_store_set);
}

static void on_stores(void *user, const struct at_reply *r)
{
	struct session *s = user;
	struct at_stores st;
	char name[12];
	if (port_over(s, r))
		return;
	if (at_choose_store(s->row, &s->store_options, 0, name) == 0 && at_read_stores(r, &st) == 0 &&
	    at_stores_are(s->row, &st, name) && st.total[0] != 0) {
		chosen(s, name, &st);
		return;
	}
	try_store(s);
}

static void on_store_options(void *user, const struct at_reply *r)
{
	struct session *s = user;
	if (port_over(s, r))
		return;
	if (at_read_stores_options(r, &s->store_options) != 0)
		memset(&s->store_options, 0, sizeof s->store_options);
	s->stores_known = true;
	struct at_command c = at_cmd_stores_query();
	port_submit(s, &c, on_stores);
}

void init_stores(struct session *s)
{
	if (s->stores_known) {
		struct at_command query = at_cmd_stores_query();
		port_submit(s, &query, on_stores);
		return;
	}
	struct at_command c = at_cmd_stores_options();
	port_submit(s, &c, on_store_options);
}

/* ------------------------------------------------------------------------------------------------ +CNMI */

static void try_notify(struct session *s, int from);

static void on_notify_set(void *user, const struct at_reply *r)
{
	struct session *s = user;
	if (port_over(s, r))
		return;
	if (r->final == AT_OK) {
		s->notify = s->procedure;
		init_step_done(s, true);
	} else
		try_notify(s, s->procedure + 1);
}

static void try_notify(struct session *s, int from)
{
	int i = at_choose_notify(s->row, s->notify_known ? &s->notify_options : NULL, from);
	if (i < 0 && s->notify_known) {
		/* nothing of what it says it can do was taken: what it does not say it can do may be */
		s->notify_known = false;
		i = at_choose_notify(s->row, NULL, 0);
	}
	if (i < 0) {
		log_warning("%s: tells of no new text; it will be asked instead", s->config->name);
		init_step_done(s, true);
		return;
	}
	s->procedure = i;
	struct at_command c = at_cmd_notify_set(s->row, i);
	port_submit(s, &c, on_notify_set);
}

static void on_notify(void *user, const struct at_reply *r)
{
	struct session *s = user;
	int now[5];
	if (port_over(s, r))
		return;
	int i = at_choose_notify(s->row, s->notify_known ? &s->notify_options : NULL, 0);
	if (i >= 0 && at_read_notify(r, now) == 0 && at_notify_is(s->row, i, now)) {
		s->notify = i;
		init_step_done(s, true);
	} else
		try_notify(s, 0);
}

static void on_notify_options(void *user, const struct at_reply *r)
{
	struct session *s = user;
	if (port_over(s, r))
		return;
	s->notify_known = at_read_notify_options(r, &s->notify_options) == 0;
	s->notify_asked = true;
	struct at_command c = at_cmd_notify_query();
	port_submit(s, &c, on_notify);
}

void init_notify(struct session *s)
{
	if (s->notify_asked) {
		struct at_command query = at_cmd_notify_query();
		port_submit(s, &query, on_notify);
		return;
	}
	struct at_command c = at_cmd_notify_options();
	port_submit(s, &c, on_notify_options);
}
