/* The periodic look: are the settings still ours, is something in the store that was never announced, is there
 * a network, how strong. One command line where the modem takes several queries in one, so that an idle box
 * wakes up as rarely as can be; rarer still while +CMTI proves reliable. */
#include "daemon/session_internal.h"
#include "base/buf.h"
#include "base/log.h"
#include "base/mem.h"

#include <string.h>

#define FIRST_MS       8000
#define ROUND_MS       1800000 /* the other memories too */
#define TRUST          3       /* so many were announced and none was missed */
#define SIGNAL_STEP_DB 6       /* less is not worth a write */
#define SIGNAL_MS      900000  /* nor is more often */
#define LONGEST_MS     285000  /* settings that were lost are noticed within five minutes */
#define SINGLE_FACTOR  2       /* a modem that is asked one thing at a time is looked at so much less often */
#define STUBBORN       2       /* so often in a row it was told, and does not keep it: it never will */

struct seen {
	bool format, notify, stores, reg, reg_ok;
	unsigned lost; /* bit n: enum setting n is not as we left it */
	int used;
};

static const char *const setting_names[SETTINGS] = {[SETTING_FORMAT] = "+CMGF",
						    [SETTING_NOTIFY] = "+CNMI",
						    [SETTING_STORES] = "+CPMS",
						    [SETTING_REPORTS] = "+CREG"};

static void judge(struct seen *seen, enum setting what, bool ours)
{
	if (!ours)
		seen->lost |= 1u << what;
}

static void look_at(struct session *s, const char *line, struct seen *seen)
{
	const struct at_reply one = {.final = AT_OK, .code = -1, .text = "", .lines = &line, .count = 1};
	struct at_stores st;
	struct at_registration reg;
	int mode, now[5];
	if (at_has_prefix(line, "+CMGF:") && at_read_format(&one, &mode) == 0) {
		seen->format = true;
		judge(seen, SETTING_FORMAT, mode == 0);
	} else if (at_has_prefix(line, "+CNMI:") && at_read_notify(&one, now) == 0) {
		seen->notify = true;
		judge(seen, SETTING_NOTIFY, s->notify < 0 || at_notify_is(s->row, s->notify, now));
	} else if (at_has_prefix(line, "+CPMS:") && at_read_stores(&one, &st) == 0 && st.count > 0) {
		seen->stores = true;
		judge(seen, SETTING_STORES, !s->chosen[0] || at_stores_are(s->row, &st, s->chosen));
		s->used = seen->used = st.used[0];
		s->size = st.total[0];
	} else if (at_has_prefix(line, "+CSQ:"))
		s->signal = at_signal_dbm(line);
	else if (at_parse_reg(line, true, &reg) == 0) {
		/* where all else of a fresh modem is as we like it, this tells that it is fresh */
		s->reg_reports |= reg.mode > 0;
		judge(seen, SETTING_REPORTS, reg.mode != 0 || !s->reg_reports);
		seen->reg = true;
		seen->reg_ok |= at_reg_usable(s->row, reg.stat);
		operator_registration(s, line, true);
		if (reg.act >= 0)
			s->act = reg.act;
	}
}

/* Slower while nothing speaks against it, at once fast when a text lay there unannounced. */
static void pace(struct session *s, bool missed)
{
	int64_t next = 2 * s->check_ms, most = s->row->poll_ms;
	if (s->one_by_one) {
		next *= SINGLE_FACTOR;
		most *= SINGLE_FACTOR;
	}
	if (s->announced >= TRUST && !s->setting_lost[SETTING_NOTIFY] && most < s->row->poll_slow_ms)
		most = s->row->poll_slow_ms;
	if (next > LONGEST_MS)
		next = LONGEST_MS;
	if (missed) {
		s->announced = 0;
		s->check_ms = FIRST_MS;
	} else
		s->check_ms = next < most ? next : most;
	s->next_check_ms = mono_ms() + s->check_ms;
}

/* A modem that does not keep a setting however often it is told so is not told for ever: it is asked for its texts
 * instead of waiting for news. Text mode is another matter. True: all settings are to be gone through. */
static bool lost_settings(struct session *s, const struct seen *seen)
{
	unsigned again = 0;
	for (int i = 0; i < SETTINGS; i++) {
		if (!(seen->lost & 1u << i)) {
			s->setting_lost[i] = 0;
			continue;
		}
		if (++s->setting_lost[i] <= STUBBORN || i == SETTING_FORMAT)
			again |= 1u << i;
		if (s->setting_lost[i] <= STUBBORN + 1)
			log_notice("%s: %s is not as it was left%s", s->config->name, setting_names[i],
				   again & 1u << i ? "; all settings again" : ", again; so be it");
	}
	return again;
}

static void put_when_changed(struct session *s)
{
	int d = s->signal - s->put_signal;
	bool jumped = d >= SIGNAL_STEP_DB || d <= -SIGNAL_STEP_DB;
	if (!(jumped && mono_ms() - s->put_line_ms >= SIGNAL_MS) && s->used == s->put_used && !s->put_late)
		return;
	s->put_line_ms = mono_ms();
	s->put_signal = s->signal;
	s->put_used = s->used;
	session_put_line(s);
}

static void finish(struct session *s, const struct seen *seen)
{
	s->check_due = false;
	s->check_step = 0;
	if (lost_settings(s, seen)) {
		if (s->setting_lost[SETTING_FORMAT] > STUBBORN)
			session_trouble(s, CAUSE_SETTINGS);
		else
			session_event(s, EV_CONFUSED);
		return;
	}
	if (seen->format)
		s->format_known_ms = mono_ms();
	/* slots that make trouble are no news */
	bool missed = seen->used > trouble_in(&s->trouble, s->chosen) && !s->pending_count;
	pace(s, missed);
	read_trouble_due(s);
	if (missed)
		s->list_due |= 1;
	/* while texts wait for the air, only what was announced is read, and nobody asks what can wait */
	if (!s->burst && mono_ms() >= s->next_round_ms) {
		s->next_round_ms = mono_ms() + ROUND_MS;
		s->look_due |= s->memory_count > 1 ? ((1u << s->memory_count) - 1) & ~1u : 0;
	}
	if (seen->reg && !seen->reg_ok) {
		log_warning("%s: no network", s->config->name);
		s->registered = false;
		s->register_errors = 0;
	}
	read_note_room(s);
	put_when_changed(s);
	if (s->burst)
		read_begin(s);
	else
		operator_look(s);
}

static void read_lines(struct session *s, const struct at_reply *r, struct seen *seen)
{
	for (size_t i = 0; i < r->count; i++)
		look_at(s, r->lines[i], seen);
}

/* ------------------------------------------------------------------------------------------- one by one */

/* Mostly only whether something has come; everything when that is due. */
static const struct {
	const char *line;
	bool often;
} single[] = {{"AT+CPMS?", true}, {"AT+CMGF?", false}, {"AT+CNMI?", false}, {"AT+CSQ", false}};
static void ask_single(struct session *s);

static void on_single(void *user, const struct at_reply *r)
{
	struct session *s = user;
	if (port_over(s, r))
		return;
	read_lines(s, r, s->seen);
	s->check_step++;
	ask_single(s);
}

static void ask_single(struct session *s)
{
	int n = (int)ARRAY_LEN(single), regs = s->row->reg_commands.count;
	/* a store that fills while the modem is in text mode fills unread */
	bool all = !s->looked_ms || !s->format_known_ms || mono_ms() - s->looked_ms >= LONGEST_MS - s->check_ms;
	while (s->check_step < n + regs) {
		if (s->check_step < n ? all || single[s->check_step].often
				      : all && s->reg_answers & 1u << (s->check_step - n))
			break;
		s->check_step++;
	}
	struct at_command c;
	if (s->check_step < n) {
		c = at_cmd(single[s->check_step].line, 5000);
		strcpy(c.prefixes, "+CMGF: +CPMS: +CNMI: +CSQ:");
	} else if (s->check_step < n + regs)
		c = at_cmd_reg_query(s->row, s->row->reg_commands.word[s->check_step - n]);
	else {
		s->looked_ms = all ? mono_ms() : s->looked_ms;
		finish(s, s->seen);
		return;
	}
	port_submit_unhurried(s, &c, on_single);
}

/* -------------------------------------------------------------------------------------- all in one line */

static void begin_seen(struct session *s)
{
	if (!s->seen)
		s->seen = mem_alloc(sizeof *s->seen);
	*s->seen = (struct seen){0};
}

static void on_line(void *user, const struct at_reply *r)
{
	struct session *s = user;
	if (port_over(s, r))
		return;
	read_lines(s, r, s->seen);
	if (r->final == AT_OK && s->seen->stores && s->seen->format) {
		finish(s, s->seen);
		return;
	}
	/* time-outs say nothing about the form of the question */
	if (r->final != AT_TIMEOUT)
		s->one_by_one = true;
	begin_seen(s);
	s->check_step = 0;
	ask_single(s);
}

void read_check(struct session *s)
{
	begin_seen(s);
	s->check_step = 0;
	if (s->one_by_one) {
		ask_single(s);
		return;
	}
	cleanup_buf struct buf line = {0}, prefixes = {0};
	buf_adds(&line, "AT+CMGF?;+CNMI?;+CPMS?");
	buf_adds(&prefixes, "+CMGF: +CNMI: +CPMS: +CSQ:");
	for (int i = 0; i < s->row->reg_commands.count; i++)
		if (s->reg_answers & 1u << i) {
			buf_addf(&line, ";+%s?", s->row->reg_commands.word[i]);
			buf_addf(&prefixes, " +%s:", s->row->reg_commands.word[i]);
		}
	for (int i = 0; i < s->row->reg_alias.count; i++)
		buf_addf(&prefixes, " %s", s->row->reg_alias.word[i]);
	buf_adds(&line, ";+CSQ");
	struct at_command c = at_cmd(buf_str(&line), 10000);
	if (prefixes.len < sizeof c.prefixes)
		memcpy(c.prefixes, buf_str(&prefixes), prefixes.len + 1);
	port_submit_unhurried(s, &c, on_line);
}

int64_t read_next_ms(const struct session *s)
{
	return s->next_check_ms;
}
