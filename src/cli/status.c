/* `yishi status`: one screen, and whether somebody has to look after something. */
#include "cli/control.h"
#include "cli/line_words.h"
#include "cli/nouns.h"
#include "cli/sensor_alarm.h"
#include "cli/status_page.h"

#include "base/mem.h"
#include "store/duty.h"
#include "store/hook.h"
#include "store/inbox.h"
#include "store/matter.h"
#include "store/meeting.h"
#include "store/outbox.h"
#include "store/store.h"

#include <errno.h>
#include <string.h>
#include <sys/statvfs.h>

#define COPY_OLD_S   (BACKUP_OLD_S + 6 * HOUR_S)
#define QUEUE_LATE_S (30 * MINUTE_S) /* a text that could go and did not for so long means trouble */

static const struct out_column columns[] = {
    {"version", NULL, OUT_TEXT, 0},         {"uptime", NULL, OUT_INT, 0},
    {"clock_ok", NULL, OUT_BOOL, 0},        {"modems_up", NULL, OUT_INT, 0},
    {"modems", NULL, OUT_INT, 0},           {"queue", NULL, OUT_INT, 0},
    {"queue_oldest", NULL, OUT_TIME, 0},    {"uncertain", NULL, OUT_INT, 0},
    {"quarantine", NULL, OUT_INT, 0},       {"open_cases", NULL, OUT_INT, 0},
    {"overdue", NULL, OUT_INT, 0},          {"next_meeting", NULL, OUT_TIME, 0},
    {"duty_list_empty", NULL, OUT_BOOL, 0}, {"alarms", NULL, OUT_INT, 0},
    {"disk_free", NULL, OUT_INT, 0},        {"calls_for_help", NULL, OUT_INT, 0},
    {"line_alarms", NULL, OUT_RAW, 0},      {"news", NULL, OUT_RAW, 0},
    {"waiting", NULL, OUT_RAW, 0},          {"overdue_by", NULL, OUT_RAW, 0},
    {"meeting", NULL, OUT_RAW, 0},          {"broadcasts", NULL, OUT_RAW, 0},
    {"first_human", NULL, OUT_RAW, 0},      {"disk_total", NULL, OUT_INT, 0},
    {"backup", NULL, OUT_RAW, 0},           {"clock_source", NULL, OUT_TEXT, 0},
    {"installers", NULL, OUT_INT, 0},       {"sensors", NULL, OUT_RAW, 0},
    {"sensor_alarms", NULL, OUT_RAW, 0},    {0},
};

struct state {
	bool daemon;
	int64_t uptime;
	bool clock_ok;
	int modems_up, modems;
	struct outbox_counts queue;
	int64_t quarantine, open_cases, overdue, next_meeting;
	int64_t hooks; /* events that a program failed */
	int64_t help;  /* open calls for help */
	bool duty_list_empty;
	long long disk_free;
	json_t *line_alarms, *sensor_alarms; /* owned */
};

static void ask_daemon(const struct config *cfg, struct state *st)
{
	json_t *a = NULL;
	st->modems = cfg->modem_count;
	if (control_request(cfg, "status", &a))
		return;
	st->daemon = json_is_true(json_object_get(a, "ok"));
	st->uptime = json_integer_value(json_object_get(a, "uptime"));
	st->clock_ok = json_is_true(json_object_get(a, "clock_ok"));
	st->modems_up = (int)json_integer_value(json_object_get(a, "modems_up"));
	json_decref(a);
}

static int ask_store(struct store *s, int64_t now, struct state *st)
{
	int r = outbox_counts(s, now, &st->queue);
	if (!r)
		r = inbox_quarantined(s, &st->quarantine);
	if (!r)
		r = matter_count(s, now, &st->open_cases, &st->overdue, &st->help);
	if (!r)
		r = hook_failures(s, &st->hooks);
	if (!r)
		r = meeting_next(s, now, &st->next_meeting);
	if (r)
		return r;
	/* secretaries stand in when nobody is on the duty list (PARTICIPATION section 4) */
	return duty_empty(s, &st->duty_list_empty);
}

static json_t *state_json(const struct state *st)
{
	return json_pack(
	    "{ss so so si si sI so sI sI sI sI so sb sI sI so so sI}", "version", YISHI_VERSION, "uptime",
	    st->daemon ? json_integer(st->uptime) : json_null(), "clock_ok",
	    st->daemon ? json_boolean(st->clock_ok) : json_null(), "modems_up", st->modems_up, "modems",
	    st->modems, "queue", (json_int_t)st->queue.queued, "queue_oldest", out_time(st->queue.oldest_utc),
	    "uncertain", (json_int_t)st->queue.uncertain, "quarantine", (json_int_t)st->quarantine,
	    "open_cases", (json_int_t)st->open_cases, "overdue", (json_int_t)st->overdue, "next_meeting",
	    out_time(st->next_meeting), "duty_list_empty", st->duty_list_empty, "alarms",
	    (json_int_t)(st->help + st->hooks + (int64_t)json_array_size(st->line_alarms) +
			 (int64_t)json_array_size(st->sensor_alarms)),
	    "calls_for_help", (json_int_t)st->help, "line_alarms", json_incref(st->line_alarms),
	    "sensor_alarms", json_incref(st->sensor_alarms), "disk_free", (json_int_t)st->disk_free);
}

/* "box" is no modem, unless one has that name. */
static const char *alarm_of(const struct cli *c, const char *line)
{
	return !strcmp(line, "box") && !config_find_modem(c->config, line) ? _("box") : line;
}

static int alarms(struct cli *c, const struct state *st)
{
	json_t *a;
	size_t i;
	json_array_foreach(st->line_alarms, i, a)
	{
		if (c->out.mode != OUT_TABLE)
			continue;
		const char *detail = out_field(a, "detail");
		cleanup_free char *what = *detail ? mem_printf(_("%s (%s)"), out_field(a, "text"), detail)
						  : mem_dup(out_field(a, "text"));
		cleanup_free char *line = mem_printf(_("%s: %s. %s"), alarm_of(c, out_field(a, "modem")), what,
						     out_field(a, "remedy"));
		printf(c->out.colour ? "\033[31m! %s\033[0m\n" : "! %s\n", line);
	}
	json_array_foreach(st->sensor_alarms, i, a)
	{
		if (c->out.mode == OUT_TABLE)
			printf(c->out.colour ? "\033[31m! %s\033[0m\n" : "! %s\n", out_field(a, "text"));
	}
	return (int)(json_array_size(st->line_alarms) + json_array_size(st->sensor_alarms));
}

/* An alarm stands for it. */
static bool is_told(const struct state *st, const char *alarm)
{
	json_t *a;
	size_t i;
	json_array_foreach(st->line_alarms, i, a)
	{
		if (!strncmp(out_field(a, "alarm"), alarm, strlen(alarm)))
			return true;
	}
	return false;
}

static bool copy_is_old(const struct backup_summary *b, int64_t now)
{
	return b->first_utc && now - (b->good_utc ? b->good_utc : b->first_utc) > COPY_OLD_S;
}

/* One line for each thing that a person should see to; the count. */
static int problems(struct cli *c, const struct config *cfg, const struct state *st,
		    const struct status_page *page, int64_t now)
{
	const char *list[16];
	int n = 0;
	if (!st->daemon)
		list[n++] = _("yishid does not run: texts wait; start it (systemctl start yishi)");
	if (st->daemon && !st->clock_ok)
		list[n++] = _("the clock is wrong: nothing unsolicited is sent until it is set");
	if (st->daemon && st->modems_up < st->modems)
		list[n++] = _("a modem is not ready: yishi modem list");
	if (st->queue.oldest_utc && now - st->queue.oldest_utc > QUEUE_LATE_S &&
	    !day_window_contains(&cfg->quiet_hours, now))
		list[n++] = _("texts wait for more than half an hour: yishi message list --state queued");
	if (st->queue.uncertain)
		list[n++] =
		    _("texts that perhaps went out and perhaps not: yishi message list --state uncertain");
	if (st->quarantine)
		list[n++] = _("texts that could not be read are kept: their cases name the senders");
	if (st->help)
		list[n++] = _("calls for help are open: yishi case list --state open");
	if (st->overdue)
		list[n++] = _("cases are overdue: yishi case list --overdue");
	if (st->duty_list_empty)
		list[n++] = _("nobody is on duty for calls for help: yishi duty add --grid GRID --person ID");
	if (st->hooks)
		list[n++] = _("programs of hooks failed events: yishi hook failures");
	if (status_box_disk_low(&page->box) && !is_told(st, "disk-"))
		list[n++] = _("the disk is nearly full");
	if (copy_is_old(&page->box.copies, now) && !is_told(st, "backup-"))
		list[n++] = _("the database was not copied for three days: yishi db list");
	for (int i = 0; i < n && c->out.mode == OUT_TABLE; i++)
		printf(c->out.colour ? "\033[31m! %s\033[0m\n" : "! %s\n", list[i]);
	return n + alarms(c, st);
}

static void print_head(const struct cli *c, int64_t now, const struct state *st)
{
	char when[40];
	printf(c->out.colour ? "\033[1m%s\033[0m  %s  " : "%s  %s  ", c->config->name, status_when(now, when));
	printf(_("%1$lld open cases, %2$lld texts waiting\n"), (long long)st->open_cases,
	       (long long)st->queue.queued);
}

static int tell(struct cli *c, struct state *st, int64_t now)
{
	struct status_page page;
	int r = status_page_collect(c, now, &page), todo = 0;
	if (!r && c->out.mode != OUT_TABLE) {
		line_stamp(st->line_alarms);
		json_t *row = state_json(st);
		status_page_json(&page, row);
		out_record(&c->out, columns, row);
	} else if (!r) {
		print_head(c, now, st);
	}
	if (!r)
		todo = problems(c, c->config, st, &page, now);
	if (!r && c->out.mode == OUT_TABLE) {
		status_page_print(c, &page);
		if (!todo)
			printf("%s\n", _("all is well"));
	}
	status_page_done(&page);
	/* what can wait for office hours is no alarm, and does not change the exit status */
	return r ? r : !st->daemon ? EX_UNAVAILABLE : todo ? CLI_NOTHING : EX_OK;
}

static int run(struct cli *c)
{
	const struct config *cfg;
	struct store *s;
	struct state st = {0};
	struct statvfs disk;
	int r = cli_config(c, &cfg);
	if (r || (r = cli_store(c, &s)))
		return r;
	int64_t now = cli_now(c);
	ask_daemon(cfg, &st);
	if ((r = ask_store(s, now, &st)) || (r = line_alarms(c, s, NULL, &st.line_alarms)) ||
	    (r = sensor_alarms_standing(c, s, &st.sensor_alarms)))
		return cli_store_failed(c, r);
	if (statvfs(cfg->database, &disk) == 0)
		st.disk_free = (long long)disk.f_bavail * (long long)disk.f_frsize;
	r = tell(c, &st, now);
	json_decref(st.line_alarms);
	json_decref(st.sensor_alarms);
	return r;
}

const struct cli_verb cli_status[] = {
    {.name = "",
     .run = run,
     .what = N_("the morning page: what is new, what waits for you, what is late, the next meeting"),
     .common = CLI_FORMATS,
     .roles = CLI_SECRETARY | CLI_INSTALLER,
     .example = "yishi status\nyishi status --json",
     .more = N_("Exit status: 0 all is well, 1 somebody has to look, 69 the daemon is down.")},
    {0},
};
