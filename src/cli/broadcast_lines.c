#include "cli/broadcast_lines.h"

#include "base/mem.h"
#include "store/airtime.h"

int lines_plan(struct cli *c, bool ignore_quiet, struct plan *p, int64_t *ret_left)
{
	const struct config *cfg = c->config;
	int64_t now = cli_now(c), left = 0;
	bool unlimited = false;
	*p = (struct plan){.quiet = cfg->quiet_hours, .ignore_quiet = ignore_quiet};
	for (int i = 0; i < cfg->modem_count && p->line_count < PLAN_LINES; i++) {
		const struct config_modem *m = &cfg->modems[i];
		const struct quota_window *used;
		const struct quota quota = {m->hourly_quota, m->daily_quota};
		char line[AIRTIME_LINE_MAX];
		double per_minute;
		int r;
		if (!(m->roles & MODEM_SEND))
			continue;
		if ((r = airtime_line(c->store, m->name, line)) ||
		    (r = airtime_get(c->store, line, now, &used)) ||
		    (r = airtime_speed(c->store, line, now, &per_minute)))
			return r;
		int64_t room = quota_left(&quota, used, OUTBOX_BROADCAST);
		unlimited |= room == INT64_MAX;
		left += room == INT64_MAX ? 0 : room;
		p->lines = mem_resize(p->lines, (size_t)p->line_count + 1, sizeof *p->lines);
		p->lines[p->line_count++] =
		    (struct plan_line){.quota = quota, .used = *used, .per_minute = per_minute};
	}
	if (ret_left)
		*ret_left = unlimited ? -1 : left;
	return 0;
}
