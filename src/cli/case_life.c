/* `yishi case life`: the table of civic/case_life.c, read out. */
#include "cli/case_step.h"

#include "base/buf.h"
#include "civic/case_life.h"

#include <string.h>

static const struct out_column columns[] = {
    {"step", N_("step"), OUT_WORD, 0}, {"from", N_("from"), OUT_TEXT, 0},
    {"to", N_("to"), OUT_WORD, 0},     {"may", N_("who may"), OUT_TEXT, 0},
    {"code", N_("code"), OUT_BOOL, 0}, {"told", N_("who is told"), OUT_TEXT, 0},
    {"texts", NULL, OUT_TEXT, 0},      {0},
};

/* For people the words of the table, for scripts the names that the data base has. */
static void add(const struct cli *c, struct buf *b, const char *word)
{
	buf_addf(b, "%s%s", b->len ? " " : "", c->out.mode == OUT_TABLE ? gettext(word) : word);
}

static void row(struct cli *c, enum case_event ev, int to)
{
	struct buf from = {0}, may = {0}, told = {0}, texts = {0};
	for (int s = 0; s < CASE_STATE_COUNT; s++)
		if (case_next((enum case_state)s, ev) == to)
			add(c, &from, case_state_name((enum case_state)s));
	for (int i = 0; i < STANDING_COUNT; i++)
		if (case_who(ev) & 1u << i)
			add(c, &may, case_standing_name(i));
	for (int p = 0; p < PARTY_COUNT; p++)
		if (case_tells(ev, (enum case_party)p)) {
			add(c, &told, case_party_name((enum case_party)p));
			buf_addf(&texts, "%s%s", texts.len ? " " : "", case_tells(ev, (enum case_party)p));
		}
	if (from.len)
		out_row(&c->out,
			json_pack("{ss so so so sb so so}", "step", case_event_entry(ev), "from",
				  out_string(buf_str(&from)), "to",
				  to == CASE_STAYS ? json_null()
						   : json_string(case_state_name((enum case_state)to)),
				  "may", out_string(buf_str(&may)), "code", case_needs_code(ev), "told",
				  out_string(buf_str(&told)), "texts", out_string(buf_str(&texts))));
	buf_done(&from);
	buf_done(&may);
	buf_done(&told);
	buf_done(&texts);
}

int case_life(struct cli *c)
{
	out_begin(&c->out, columns);
	for (int ev = 0; ev < CASE_EVENT_COUNT; ev++)
		for (int to = CASE_STAYS; to < CASE_STATE_COUNT; to++)
			row(c, (enum case_event)ev, to);
	out_end(&c->out);
	return EX_OK;
}
