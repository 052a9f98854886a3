/* Following the stream of events with a cursor that is kept in the database: a step by text, by shell or by a script counts
 * alike, and nothing is told twice. */
#include "base/mem.h"
#include "base/text.h"
#include "daemon/participation_internal.h"
#include "store/private.h"
#include "store/worklist.h"

#include <string.h>

#define EVENTS_MAX 200 /* read in one go */

_Static_assert(EVENT_KIND_COUNT <= 64, "kinds are bits of a uint64_t");

struct batch {
	uint64_t kinds;
	struct stream_event list[EVENTS_MAX];
	int count;
	int64_t last;
};

static int collect(void *ctx, const struct event_row *row)
{
	struct batch *b = ctx;
	int kind = event_kind_find(row->kind);
	b->last = row->id;
	if (kind < 0 || !(b->kinds >> kind & 1) || b->count == EVENTS_MAX)
		return 0;
	json_t *body = json_loads(row->body, 0, NULL);
	if (body)
		b->list[b->count++] = (struct stream_event){
		    .id = row->id, .utc = row->utc, .kind = (enum event_kind)kind, .body = body};
	if (body)
		text_copy(b->list[b->count - 1].actor, ACTOR_MAX, row->actor);
	return 0;
}

int64_t stream_int(const struct stream_event *e, const char *field)
{
	return (int64_t)json_integer_value(json_object_get(e->body, field));
}

const char *stream_text(const struct stream_event *e, const char *field)
{
	const char *s = json_string_value(json_object_get(e->body, field));
	return s ? s : "";
}

int stream_follow(const struct participation *p, const char *cursor, uint64_t kinds,
		  int (*each)(const struct participation *p, const struct stream_event *e, int64_t now),
		  int64_t now)
{
	cleanup_free struct batch *b = mem_alloc(sizeof *b);
	int64_t after, stored;
	int seen = 0, r = cursor_get(p->store, cursor, &stored);
	if (r < 0)
		return r;
	b->kinds = kinds;
	b->last = after = stored < 0 ? 0 : stored;
	do {
		b->count = 0;
		after = b->last;
		r = event_list(p->store, after, EVENTS_MAX, collect, b);
		for (int i = 0; i < b->count; i++) {
			if (r >= 0)
				r = each(p, &b->list[i], now);
			json_decref(b->list[i].body);
		}
		if (r < 0)
			return r;
		seen += b->count;
	} while (b->last > after);
	/* Not at every event: an idle box writes nothing. What is read again is what `each` does not care for. */
	return seen || b->last - stored >= EVENTS_MAX ? cursor_set(p->store, cursor, b->last) : 0;
}

static int erase(const struct participation *p, const struct stream_event *e, int64_t now)
{
	(void)e, (void)now;
	return private_forget(p->store);
}

/* What the desk, or the night's retention, did to people, and the daemon has to do. */
static int on_person(const struct participation *p, const struct stream_event *e, int64_t now)
{
	static const struct {
		enum event_kind kind;
		const char *what; /* NULL: whatever it is */
		int (*follow)(const struct participation *p, const struct stream_event *e, int64_t now);
	} follows[] = {{EVENT_PERSON_CHANGED, "forgotten", erase},
		       {EVENT_PERSON_CHANGED, "volunteer accepted", volunteer_welcome},
		       {EVENT_RETENTION_DONE, NULL, erase}};
	int r = 0;
	for (size_t i = 0; i < ARRAY_LEN(follows) && r >= 0; i++)
		if (e->kind == follows[i].kind &&
		    (!follows[i].what || !strcmp(stream_text(e, "what"), follows[i].what)))
			r = follows[i].follow(p, e, now);
	return r;
}

int person_follow(const struct participation *p, int64_t now, int64_t *next)
{
	(void)next;
	return stream_follow(p, "erased", 1ull << EVENT_PERSON_CHANGED | 1ull << EVENT_RETENTION_DONE,
			     on_person, now);
}
