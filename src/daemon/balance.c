#include "daemon/balance.h"
#include "daemon/alarm.h"
#include "daemon/session.h"
#include "base/log.h"
#include "base/paths.h"
#include "base/text.h"
#include "rules/operator_text.h"
#include "store/balance.h"

#include <limits.h>
#include <math.h>
#include <string.h>

#define ROWS 12
#define PROVED_S                                                                                               \
	(10 *                                                                                                  \
	 MINUTE_S)    /* how often it is looked whether a line that is said to be stopped sends all the same */
#define SERVICE_MAX 8 /* digits of an operator's own number */

/* ------------------------------------------------------------------------------------------------ reading */

/* The number that `sms:NUMBER:TEXT` asks. */
static bool asked_there(const struct config_modem *m, const char *number)
{
	size_t n = strlen(number);
	return m && m->balance && !strncmp(m->balance, "sms:", 4) && !strncmp(m->balance + 4, number, n) &&
	       m->balance[4 + n] == ':';
}

static bool may_be_service(const char *number)
{
	size_t n = strlen(number);
	return n >= 3 && n <= SERVICE_MAX && number[0] != '+';
}

static int64_t end_of(const struct operator_news *n)
{
	struct civil c = {
	    .year = n->year, .month = n->month, .day = n->day ? n->day : 28, .hour = 23, .minute = 59};
	return n->year ? civil_to_utc(&c) : 0;
}

static const char *news_word(const struct operator_news *n)
{
	return n->paid && !(n->has_amount && n->amount_cents <= 0) ? "paid"
	       : n->out                                            ? "out"
	       : n->low                                            ? "low"
								   : "";
}

static const char *notice_words(const struct operator_news *n, char out[32])
{
	snprintf(out, 32, "%s%s%s", n->identity ? "identity " : "", n->data ? "data " : "",
		 n->plan ? "plan" : "");
	return out;
}

static int put(struct store *s, const struct operator_news *n, const char *modem, const char *iccid,
	       const char *source, int64_t message, int64_t now)
{
	char notice[32];
	return balance_add(s,
			   &(struct balance){.line = modem,
					     .iccid = iccid,
					     .utc = now,
					     .has_amount = n->has_amount,
					     .cents = n->amount_cents,
					     .news = news_word(n),
					     .notice = notice_words(n, notice),
					     .expires_utc = end_of(n),
					     .source = source,
					     .message = message},
			   now);
}

/* The patterns are read when they are needed, which is seldom: a change of the file needs no restart. */
static struct operator_texts *patterns(void)
{
	char dir[PATH_MAX], line[640];
	struct operator_texts *t = NULL;
	struct err e = {0};
	if (paths_data(dir, sizeof dir) || operator_texts_load(dir, &t, &e))
		log_error("%s; what operators say is not read", err_line(&e, line, sizeof line));
	return t;
}

int balance_take(const struct participation *p, const char *number, const char *text, const char *modem,
		 int64_t message, int64_t now)
{
	const struct config_modem *m = config_find_modem(p->config, modem);
	bool asked = asked_there(m, number);
	if (!text || !m || (!asked && !may_be_service(number)))
		return 0;
	struct operator_texts *t = patterns();
	struct operator_news news;
	int r = 0;
	if (t && (asked || operator_texts_sender(t, number)) &&
	    operator_text_read(t, text, m->balance_pattern, &news)) {
		r = put(p->store, &news, modem, "", "text", message, now);
		log_info("%s: %s told: %s%s%lld.%02lld", modem, number, news_word(&news),
			 news.has_amount ? " " : " no amount ", (long long)news.amount_cents / 100,
			 llabs((long long)news.amount_cents) % 100);
	}
	operator_texts_free(t);
	return r;
}

bool balance_told(struct daemon *d, const struct config_modem *m, const char *iccid, const char *text)
{
	struct operator_texts *t = patterns();
	struct operator_news news;
	bool told = t && operator_text_read(t, text, m->balance_pattern, &news);
	operator_texts_free(t);
	if (!told)
		return false;
	int r = store_begin(d->store);
	if (r == 0)
		r = put(d->store, &news, m->name, iccid, "ussd", 0, daemon_now(d));
	if (r == 0)
		r = store_commit(d->store);
	store_rollback(d->store);
	if (r)
		log_error("%s: credit not written: %s (%s)", m->name, strerror(-r), store_error(d->store));
	daemon_act_soon(d, 0);
	return r == 0;
}

/* ------------------------------------------------------------------------------------------------ judging */

/* What operators say besides, and the alarm that it is. */
static const struct {
	const char *word;
	enum alarm_kind kind;
} notices[] = {{"identity", ALARM_SIM_IDENTITY}, {"data", ALARM_DATA_USED}, {"plan", ALARM_PLAN_ENDS}};

struct judged {
	const char *iccid; /* of the SIM in the modem, "" unknown */
	int rows;
	bool out, low, has_amount;
	int64_t cents, utc, expires_utc, now;
	bool notice[sizeof notices / sizeof notices[0]]; /* within the last day */
	/* the oldest amount since somebody last paid */
	bool has_first;
	int64_t first_cents, first_utc;
	bool rising; /* further back the credit was lower: paid in between */
};

static int judge_row(void *ctx, const struct balance *b)
{
	struct judged *j = ctx;
	if (*b->iccid && *j->iccid && strcmp(b->iccid, j->iccid) != 0)
		return 0; /* of another SIM */
	for (size_t i = 0; i < sizeof notices / sizeof notices[0]; i++)
		j->notice[i] |= j->now - b->utc < DAY_S && strstr(b->notice, notices[i].word);
	/* what tells of nothing else is no news of the credit */
	if (!b->has_amount && !*b->news && !b->expires_utc)
		return 0;
	if (!j->rows++) {
		bool paid = !strcmp(b->news, "paid");
		j->out = !strcmp(b->news, "out") || (b->has_amount && b->cents <= 0);
		j->low = !strcmp(b->news, "low");
		j->has_amount = b->has_amount;
		j->cents = b->cents;
		j->utc = b->utc;
		j->rising = paid;
	}
	if (b->expires_utc && !j->expires_utc)
		j->expires_utc = b->expires_utc;
	if (!b->has_amount || j->rising)
		return 0;
	if (j->has_first && b->cents < j->first_cents) {
		j->rising = true;
		return 0;
	}
	j->has_first = true;
	j->first_cents = b->cents;
	j->first_utc = b->utc;
	return 0;
}

/* At the pace since the last payment the credit is used up before it is asked for the next time. */
static bool soon_gone(const struct judged *j, const struct config_modem *m)
{
	int64_t took = j->utc - j->first_utc, spent = j->first_cents - j->cents;
	if (!j->has_amount || !j->has_first || took < DAY_S || spent <= 0)
		return false;
	return j->cents - spent * (m->balance_every_ms / 1000) / took <= 0;
}

static void set(struct daemon *d, const char *line, enum alarm_kind kind, bool on, const char *detail)
{
	if (on)
		alarm_raise(d, line, kind, "%s", detail);
	else
		alarm_clear(d, line, kind);
}

/* The days that the credit lasts at the pace since the last payment; −1: not known. */
static int lasts_days(const struct judged *j)
{
	int64_t took = j->utc - j->first_utc, spent = j->first_cents - j->cents;
	if (!j->has_amount || !j->has_first || took < DAY_S || spent <= 0 || j->cents <= 0)
		return -1;
	int64_t days = j->cents * took / spent / DAY_S;
	return days < 999 ? (int)days : 999;
}

static void credit_words(const struct daemon *d, const struct judged *j, char *out, size_t size)
{
	int days = lasts_days(j), n = 0;
	*out = 0;
	if (j->has_amount)
		n = snprintf(out, size, "%s%lld.%02lld", j->cents < 0 ? "-" : "",
			     llabs((long long)j->cents) / 100, llabs((long long)j->cents) % 100);
	if (days >= 0 && n > 0)
		snprintf(out + n, size - (size_t)n,
			 d->config->language == LANG_EN ? ", lasts about %d days" : "，约够%d天", days);
}

/* The end of the day; 0: none is said. */
static int64_t configured_end(const struct config_modem *m)
{
	struct civil day = {.hour = 23, .minute = 59};
	if (!m->sim_expires || sscanf(m->sim_expires, "%d-%d-%d", &day.year, &day.month, &day.day) != 3)
		return 0;
	return civil_to_utc(&day);
}

/* Told when it has 30 days, 7 days and one day left, and when none is. What the operator said last counts,
 * else what is configured. */
static void judge_validity(struct daemon *d, const struct config_modem *m, const struct judged *j, int64_t now)
{
	static const int64_t before[] = {DAY_S, 7 * DAY_S, 30 * DAY_S};
	int64_t ends = j->expires_utc ? j->expires_utc : configured_end(m);
	char date[32] = "";
	if (ends)
		rfc3339_format(ends, date);
	date[10] = 0;
	bool over = ends && now > ends;
	set(d, m->name, ALARM_SIM_EXPIRED, over, date);
	if (over)
		alarm_give_way(d, m->name, ALARM_SIM_EXPIRES);
	else
		set(d, m->name, ALARM_SIM_EXPIRES, ends && ends - now < before[2], date);
	for (size_t i = 0; ends && !over && i < sizeof before / sizeof before[0]; i++)
		if (now >= ends - before[i]) {
			alarm_remind(d, m->name, ALARM_SIM_EXPIRES, ends - before[i]);
			break;
		}
}

/* Stopped, says the operator; a text that arrived since then proves better. */
static bool disproved(const struct daemon *d, const struct config_modem *m, int64_t utc)
{
	bool arrived = false;
	int r = balance_arrived(d->store, m->name, utc, &arrived);
	if (r < 0)
		log_error("%s: texts that arrived cannot be looked for: %s", m->name, strerror(-r));
	return arrived;
}

static void judge(struct daemon *d, const struct config_modem *m, int64_t now)
{
	const struct session *s = daemon_session(d, m->name);
	const char *key = s ? session_line_key(s) : "";
	struct judged j = {.iccid = strcmp(key, m->name) ? key : "", .now = now};
	char words[64];
	int r = balance_each(d->store, m->name, ROWS, judge_row, &j);
	if (r < 0) {
		log_error("%s: credit cannot be read: %s", m->name, strerror(-r));
		return;
	}
	credit_words(d, &j, words, sizeof words);
	int64_t limit = (int64_t)llround(strtod(m->balance_low ? m->balance_low : "0", NULL) * 100);
	bool low = j.low || (j.has_amount && j.cents < limit) || soon_gone(&j, m);
	j.out = j.out && !disproved(d, m, j.utc);
	set(d, m->name, ALARM_CREDIT_OUT, j.out, words);
	if (j.out)
		alarm_give_way(d, m->name, ALARM_CREDIT_LOW);
	else
		set(d, m->name, ALARM_CREDIT_LOW, low, words);
	for (size_t i = 0; i < sizeof notices / sizeof notices[0]; i++)
		if (j.notice[i])
			alarm_raise(d, m->name, notices[i].kind, "%s", "");
	judge_validity(d, m, &j, now);
}

void balance_judge(struct daemon *d)
{
	int64_t last = 0, now = daemon_now(d), day = now / DAY_S;
	int r = balance_last_id(d->store, &last);
	if (r) {
		log_error("credit cannot be read: %s", strerror(-r));
		return;
	}
	bool stopped = false;
	for (int i = 0; i < d->config->modem_count && now - d->balance_proved >= PROVED_S; i++)
		stopped |= alarm_raised(d, d->config->modems[i].name, ALARM_CREDIT_OUT);
	if (last == d->balance_judged && day == d->balance_day && !stopped && now >= d->balance_proved)
		return;
	d->balance_proved = now;
	d->balance_judged = last;
	d->balance_day = day;
	for (int i = 0; i < d->config->modem_count; i++)
		judge(d, &d->config->modems[i], now);
}
