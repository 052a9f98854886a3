/* What an acceptance test found, in words; and on a terminal, as it goes. */
#include "cli/line_words.h"
#include "cli/modem_test.h"

#include "base/language.h"
#include "base/mem.h"
#include "base/text.h"
#include "hw/modbus_link.h"
#include "page/template.h"

#include <string.h>
#include <unistd.h>

#define COL_TITLE 9
#define COL_WORDS 20

static const char *const tongues[] = {[LANG_ZH] = "zh", [LANG_EN] = "en"};

void test_figure_said(struct test *t, const char *key, void (*say)(void *ctx, char *buf, size_t size),
		      void *ctx)
{
	char words[320];
	json_t *both = json_object();
	for (enum language l = LANG_ZH; l <= LANG_EN; l++) {
		language_use(l);
		say(ctx, words, sizeof words);
		json_object_set_new(both, tongues[l], out_string(words));
	}
	language_use(t->c->language);
	test_figure(t, key, both);
}

struct wrong {
	int r;
	const char *sentence;
	enum language language;
};

static void say_wrong(void *ctx, char *buf, size_t size)
{
	const struct wrong *w = ctx;
	if (w->sentence && *w->sentence && w->language == language_now())
		text_copy(buf, size, w->sentence);
	else
		modbus_error_text(w->r, buf, size);
}

void test_figure_reason(struct test *t, const char *key, int r, const char *sentence)
{
	struct wrong w = {r, sentence, t->c->language};
	test_figure_said(t, key, say_wrong, &w);
}

/* Words of ours, kept in English. */
static void translate(json_t *figures)
{
	static const char *const keys[] = {"reason", "error", "status"};
	for (size_t i = 0; i < ARRAY_LEN(keys); i++) {
		const char *words = json_string_value(json_object_get(figures, keys[i]));
		if (words && *words)
			json_object_set_new(figures, keys[i], out_string(gettext(words)));
	}
}

/* Of what is kept in both languages, this one's. */
static void choose_language(json_t *figures)
{
	const char *key;
	json_t *value;
	void *next;
	json_object_foreach_safe(figures, next, key, value) if (json_is_object(value))
	    json_object_set(figures, key, json_object_get(value, tongues[language_now()]));
}

/* Figures that are words of ours: put in when they are shown, in the language of that moment. */
static json_t *shown_figures(const json_t *step)
{
	static const struct {
		const char *word, *label;
	} speakers[] = {
	    {"nmea", N_("positions of satellites (GPS)")},
	    {"ppp", N_("a data connection or a diagnosis")},
	    {"log", N_("a log")},
	    {"binary", N_("noise, or another speed")},
	};
	json_t *f = json_deep_copy(json_object_get(step, "figures"));
	const json_t *dbm = json_object_get(f, "signal_dbm");
	const char *because = json_string_value(json_object_get(f, "because")),
		   *speaker = json_string_value(json_object_get(f, "speaker")),
		   *said = json_string_value(json_object_get(f, "said"));
	choose_language(f);
	translate(f);
	if (said) {
		cleanup_free char *error =
		    mem_printf(_("%s, %s"), json_string_value(json_object_get(f, "error")), gettext(said));
		json_object_set_new(f, "error", out_string(error));
	}
	if (dbm)
		json_object_set_new(
		    f, "signal", json_string(line_signal_label(at_signal_word((int)json_integer_value(dbm)))));
	if (because)
		json_object_set_new(f, "because", json_string(test_step_title(because)));
	for (size_t i = 0; speaker && i < ARRAY_LEN(speakers); i++)
		if (!strcmp(speakers[i].word, speaker))
			json_object_set_new(f, "speaker", json_string(gettext(speakers[i].label)));
	return f;
}

char *test_words(const json_t *step, bool remedy)
{
	const char *key = json_string_value(json_object_get(step, "finding"));
	const struct test_finding *k = key ? test_finding(key) : NULL;
	const char *text = !k ? "" : remedy ? k->remedy : k->words;
	if (!text || !*text)
		return mem_dup(k || remedy || !key ? "" : key);
	text = gettext(text);
	struct template_set *set = template_set_new();
	cleanup_buf struct buf out = {0};
	struct err e = {0};
	json_t *figures = shown_figures(step);
	if (template_add(set, "words", text, strlen(text), "modem_test_words.c", 1, &e) ||
	    template_render(set, "words", figures, TEMPLATE_TEXT, &out, &e)) {
		buf_reset(&out);
		buf_adds(&out, e.text);
	}
	json_decref(figures);
	template_set_free(set);
	return mem_dup(buf_str(&out));
}

/* ------------------------------------------------------------------------------------------------ as it goes */

/* Progress goes where the certificate does not. */
bool test_watched(const struct test *t)
{
	return t->c->out.mode == OUT_TABLE && isatty(STDERR_FILENO);
}

static void show_title(const char *verdict, const char *title)
{
	int at = COL_TITLE - text_width(verdict), to = COL_WORDS - text_width(title);
	fprintf(stderr, "\r\x1b[K%s%*s%s%*s", verdict, at > 1 ? at : 1, "", title, to > 1 ? to : 1, "");
}

void test_waiting(struct test *t, const char *words, int64_t left_ms)
{
	if (!test_watched(t))
		return;
	show_title("", gettext(t->step->title));
	if (left_ms > 0)
		fprintf(stderr, _("%s … %d s"), words, (int)((left_ms + 999) / 1000));
	else
		fprintf(stderr, *words ? "%s …" : "%s", words);
	fflush(stderr);
}

void test_show(const struct test *t, const json_t *step, enum test_verdict v)
{
	if (!test_watched(t))
		return;
	cleanup_free char *words = test_words(step, false);
	const char *colour = !t->c->out.colour ? ""
			     : v == TEST_FAIL  ? "\x1b[31m"
			     : v == TEST_WARN  ? "\x1b[33m"
					       : "";
	fputs(colour, stderr);
	show_title(test_verdict_label(v), gettext(t->step->title));
	fprintf(stderr, "%s%s\n", words, *colour ? "\x1b[0m" : "");
}
