#include "cli/line_words.h"

#include "base/mem.h"
#include "base/paths.h"
#include "store/line_alarm.h"

#include <limits.h>
#include <string.h>

struct label {
	const char *word, *label;
};

static const char *label_of(const struct label *labels, size_t n, const char *word)
{
	for (size_t i = 0; i < n; i++)
		if (!strcmp(labels[i].word, word))
			return gettext(labels[i].label);
	return word;
}

const char *line_state_label(const char *state)
{
	static const struct label labels[] = {
	    {"lost", N_("lost")},
	    {"probing", N_("finding out who is there")},
	    {"pin", N_("needs its PIN")},
	    {"registering", N_("looks for the network")},
	    {"ready", N_("ready")},
	    {"reading", N_("reads a text")},
	    {"draining", N_("empties a full store")},
	    {"sending", N_("sending")},
	    {"backoff", N_("rests after an error")},
	    {"resetting", N_("is being reset")},
	    {"held", N_("lent to a person")},
	    {"stopped", N_("stopped")},
	    {"down", N_("down")},
	    {"unknown", N_("unknown")},
	};
	return label_of(labels, ARRAY_LEN(labels), state);
}

const char *line_registration_label(const char *registration)
{
	static const struct label labels[] = {
	    {"home", N_("in its own network")}, {"roaming", N_("roaming")},
	    {"searching", N_("searching")},     {"denied", N_("refused by the network")},
	    {"none", N_("not registered")},
	};
	return label_of(labels, ARRAY_LEN(labels), registration);
}

const char *line_signal_label(const char *word)
{
	static const struct label labels[] = {
	    {"strong", N_("strong")}, {"good", N_("good")},           {"fair", N_("fair")},
	    {"weak", N_("weak")},     {"very weak", N_("very weak")}, {"none", N_("none")},
	};
	return label_of(labels, ARRAY_LEN(labels), word);
}

struct walk {
	struct cli *c;
	const char *modem;
	json_t *list;
	struct replies *replies; /* NULL: the words are not to be had */
};

/* A reply text without placeholders; "" when there is none. */
static const char *words(const struct walk *w, const char *kind, const char *suffix)
{
	char key[96];
	snprintf(key, sizeof key, "alarm.%s%s", kind, suffix);
	for (int i = 0; w->replies && i < replies_count(w->replies); i++)
		if (!strcmp(replies_key(w->replies, i), key))
			return replies_text(w->replies, i, w->c->language);
	return "";
}

static int take(void *ctx, const struct line_alarm *a)
{
	struct walk *w = ctx;
	if (w->modem && strcmp(a->line, w->modem) != 0)
		return 0;
	const char *what = words(w, a->kind, "");
	json_array_append_new(w->list,
			      json_pack("{so ss ss so so ss ss}", "modem", out_string(a->line), "alarm",
					a->kind, "severity", a->severity, "since", out_time(a->since_utc),
					"detail", out_string(a->detail), "text", *what ? what : a->kind,
					"remedy", words(w, a->kind, ".do")));
	return 0;
}

int line_alarms(struct cli *c, struct store *s, const char *modem, json_t **ret)
{
	char dir[PATH_MAX];
	struct err e = {0};
	struct walk w = {.c = c, .modem = modem, .list = json_array()};
	if (paths_data(dir, sizeof dir) || replies_load(dir, &w.replies, &e))
		w.replies = NULL;
	int r = line_alarm_each(s, true, take, &w);
	replies_free(w.replies);
	if (r < 0) {
		json_decref(w.list);
		return r;
	}
	*ret = w.list;
	return 0;
}

void line_stamp(json_t *list)
{
	static const char *const keys[] = {"time", "since", "expires"};
	size_t i;
	json_t *x;
	char stamp[32];
	json_array_foreach(list, i, x) for (size_t k = 0; k < ARRAY_LEN(keys); k++)
	{
		const json_t *v = json_object_get(x, keys[k]);
		if (json_is_integer(v))
			json_object_set_new(x, keys[k],
					    json_string(rfc3339_format(json_integer_value(v), stamp)));
	}
}
