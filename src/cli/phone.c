/* `yishi phone`: a resident's button phone, wired to yishi-simmodem. On a terminal one types; otherwise the
 * lines of standard input are played as a script that can wait for answers. */
#include "cli/nouns.h"
#include "cli/phone_line.h"
#include "cli/phone_link.h"
#include "cli/phone_view.h"

#include "base/e164.h"
#include "base/mem.h"
#include "base/text.h"

#include <errno.h>
#include <poll.h>
#include <string.h>
#include <unistd.h>

#define OWN_NUMBER "+8613800138001"
#define PATIENCE_S 60

struct phone {
	struct phone_link link;
	struct phone_view view;
	struct phone_line *line; /* NULL without a terminal */
	char own[E164_MAX];
	int modem;
	int64_t patience_ms;
	json_t *unread;  /* texts to this number that no /wait has met yet, in order */
	json_t *awaited; /* what the running command waits for: an answer with "ok"; NULL none */
	char *sending;   /* text that is on its way, to be shown with its size */
	bool gone;
};

static void hide(const struct phone *p)
{
	if (p->line)
		phone_line_hide(p->line);
}

static void show(const struct phone *p)
{
	if (p->line)
		phone_line_show(p->line);
}

static bool complete(const json_t *sent)
{
	return json_is_true(json_object_get(sent, "complete"));
}

static void take_sent(struct phone *p, json_t *sent)
{
	const char *number = json_string_value(json_object_get(sent, "number"));
	char to[E164_MAX];
	if (!complete(sent) || !number)
		return;
	e164_parse(number, to);
	hide(p);
	if (!strcmp(to, p->own)) {
		phone_view_answer(&p->view, sent);
		json_array_append(p->unread, sent);
	} else {
		phone_view_other(&p->view, sent);
	}
	show(p);
}

static void take_call_end(struct phone *p, const json_t *event)
{
	hide(p);
	if (json_is_true(json_object_get(event, "rejected")))
		phone_view_note(&p->view, _("hung up at the other end"));
	else
		phone_view_note(&p->view, _("nobody picked up"));
	show(p);
}

static void take_answer(struct phone *p, json_t *answer)
{
	const char *error = json_string_value(json_object_get(answer, "error"));
	const json_t *list = json_object_get(answer, "sent");
	size_t i;
	json_t *sent;
	hide(p);
	if (error)
		phone_view_note(&p->view, error);
	else if (p->sending && json_object_get(answer, "parts"))
		phone_view_mine(&p->view, p->sending,
				(int)json_integer_value(json_object_get(answer, "parts")));
	show(p);
	json_array_foreach(list, i, sent) take_sent(p, sent);
	json_decref(p->awaited);
	p->awaited = json_incref(answer);
}

/* Takes everything that has come, waiting for the first up to timeout_ms. False when nothing came. */
static bool listen_to(struct phone *p, int64_t timeout_ms)
{
	bool any = false;
	json_t *o;
	int r;
	while ((r = phone_link_next(&p->link, any ? 0 : timeout_ms, &o)) == 1) {
		const char *event = json_string_value(json_object_get(o, "event"));
		any = true;
		if (!event)
			take_answer(p, o);
		else if (!strcmp(event, "sent"))
			take_sent(p, o);
		else if (!strcmp(event, "call_end") &&
			 !strcmp(json_string_value(json_object_get(o, "from")), p->own))
			take_call_end(p, o);
		json_decref(o);
	}
	p->gone = p->gone || r < 0;
	return any;
}

/* Asks the emulator and waits for its answer. 0, or an exit status after having printed why. */
static int ask(struct phone *p, json_t *request)
{
	json_decref(p->awaited);
	p->awaited = NULL;
	if (phone_link_ask(&p->link, request))
		p->gone = true;
	int64_t end = mono_ms() + p->patience_ms;
	while (!p->gone && !p->awaited && mono_ms() < end)
		listen_to(p, 1000);
	if (!p->awaited)
		return cli_fail(EX_UNAVAILABLE,
				_("the emulated modem does not answer; is yishi-simmodem still running?"));
	return json_is_true(json_object_get(p->awaited, "ok")) ? EX_OK : CLI_NOTHING;
}

static int send_text(struct phone *p, const char *text)
{
	p->sending = mem_dup(text);
	int r = ask(p, json_pack("{s:s, s:i, s:s, s:s}", "do", "receive", "modem", p->modem, "from", p->own,
				 "text", text));
	free(p->sending);
	p->sending = NULL;
	return r;
}

static int ring(struct phone *p, const char *arg)
{
	(void)arg;
	phone_view_note(&p->view, _("ringing the gateway …"));
	return ask(p, json_pack("{s:s, s:i, s:s, s:i, s:i}", "do", "ring", "modem", p->modem, "from", p->own,
				"rings", 2, "ring_ms", 1000));
}

static int from(struct phone *p, const char *arg)
{
	char number[E164_MAX];
	if (!e164_is_person(e164_parse(arg, number)))
		return cli_fail(EX_USAGE, _("%s is no telephone number; example: /from 13800138002"), arg);
	text_copy(p->own, sizeof p->own, number);
	json_array_clear(p->unread);
	cleanup_free char *note = mem_printf(_("this is now the phone of %s"), number);
	phone_view_note(&p->view, note);
	return EX_OK;
}

/* Is an unread text there (with these words)? It counts as read then, and all before it. */
static bool met(struct phone *p, const char *words)
{
	for (size_t i = 0; i < json_array_size(p->unread); i++) {
		const char *text = json_string_value(json_object_get(json_array_get(p->unread, i), "text"));
		if (!text || !strstr(text, words))
			continue;
		for (size_t k = 0; k <= i; k++)
			json_array_remove(p->unread, 0);
		return true;
	}
	return false;
}

static int wait_for(struct phone *p, const char *words)
{
	int64_t end = mono_ms() + p->patience_ms;
	while (!p->line && !met(p, words)) { /* at a terminal answers show by themselves */
		int64_t left = end - mono_ms();
		if (p->gone)
			return cli_fail(CLI_NOTHING,
					_("the emulated modem is gone; is yishi-simmodem still running?"));
		if (left <= 0)
			return *words ? cli_fail(
					    CLI_NOTHING,
					    _("no text with \"%s\" came to %s within %d s; is yishid running?"),
					    words, p->own, (int)(p->patience_ms / 1000))
				      : cli_fail(CLI_NOTHING,
						 _("no text came to %s within %d s; is yishid running?"),
						 p->own, (int)(p->patience_ms / 1000));
		listen_to(p, left);
	}
	return EX_OK;
}

static int help(struct phone *p, const char *arg);

static const struct phone_command {
	const char *name;
	int (*run)(struct phone *p, const char *arg);
	const char *what;
} commands[] = {
    {"/ring", ring, N_("ring the gateway instead of texting (it never picks up)")},
    {"/from", from, N_("NUMBER: become another resident")},
    {"/wait", wait_for, N_("[WORDS]: wait for the next answer (that has these words)")},
    {"/help", help, N_("this list")},
    {"/quit", NULL, N_("put the phone away")},
};

static int help(struct phone *p, const char *arg)
{
	(void)arg;
	for (size_t i = 0; i < ARRAY_LEN(commands); i++) {
		cleanup_free char *line = mem_printf("%-6s %s", commands[i].name, _(commands[i].what));
		phone_view_note(&p->view, line);
	}
	phone_view_note(
	    &p->view,
	    _("anything else is sent as a text: 0 is the menu, 3 and words a complaint, 7 the agenda"));
	return EX_OK;
}

#define PHONE_QUIT (-1)

/* One line of typing. An exit status, or PHONE_QUIT. */
static int run_line(struct phone *p, const char *line)
{
	line += strspn(line, " \t");
	if (*line != '/')
		return *line ? send_text(p, line) : EX_OK;
	size_t n = strcspn(line, " \t");
	for (size_t i = 0; i < ARRAY_LEN(commands); i++)
		if (strlen(commands[i].name) == n && !strncmp(line, commands[i].name, n))
			return commands[i].run ? commands[i].run(p, line + n + strspn(line + n, " \t"))
					       : PHONE_QUIT;
	return cli_fail(EX_USAGE, _("%.*s is no command; /help lists them"), (int)n, line);
}

/* Lines of standard input one after the other; # begins a remark that is printed. */
static int play(struct phone *p)
{
	char *line = NULL;
	size_t cap = 0;
	int r = EX_OK;
	while (r == EX_OK && getline(&line, &cap, stdin) > 0) {
		line[strcspn(line, "\r\n")] = 0;
		if (*line == '#')
			printf("\n%s\n", line + 1 + strspn(line + 1, " "));
		else
			r = run_line(p, line);
		fflush(stdout);
	}
	free(line);
	return r == PHONE_QUIT ? EX_OK : r;
}

static void typed(struct phone *p, char *line, int *r)
{
	phone_line_hide(p->line);
	*r = run_line(p, line);
	phone_line_show(p->line);
	free(line);
}

static int converse(struct phone *p)
{
	struct phone_line line;
	char prompt[E164_MAX + 8];
	int r = EX_OK;
	snprintf(prompt, sizeof prompt, "%s", "✉ ");
	if (!phone_line_begin(&line, prompt))
		return cli_fail(EX_OSERR, _("the terminal cannot be read"));
	p->line = &line;
	while (r != PHONE_QUIT && !p->gone) {
		struct pollfd fds[2] = {{.fd = STDIN_FILENO, .events = POLLIN},
					{.fd = p->link.fd, .events = POLLIN}};
		char *text = NULL;
		if (poll(fds, 2, -1) < 0 && errno != EINTR)
			break;
		if (fds[1].revents)
			listen_to(p, 0);
		enum phone_key k = fds[0].revents ? phone_line_read(&line, &text) : PHONE_MORE;
		if (k == PHONE_ENTER)
			typed(p, text, &r);
		else if (k == PHONE_OVER)
			r = PHONE_QUIT;
	}
	phone_line_hide(&line);
	phone_line_end(&line);
	p->line = NULL;
	return p->gone
		   ? cli_fail(EX_UNAVAILABLE, _("the emulated modem is gone; is yishi-simmodem still running?"))
		   : EX_OK;
}

static int numbers(struct cli *c, struct phone *p, int64_t *ret_since)
{
	const char *own = cli_opt(c, "from"), *text;
	int64_t v;
	int r = cli_number(c, own ? own : OWN_NUMBER, p->own);
	if (!r && (text = cli_opt(c, "modem")) && !(r = cli_integer(c, text, "--modem", 0, &v)))
		p->modem = (int)v;
	if (!r && (text = cli_opt(c, "patience")) && !(r = cli_integer(c, text, "--patience", 1, &v)))
		p->patience_ms = v * 1000;
	if (!r && (text = cli_opt(c, "after")))
		r = cli_integer(c, text, "--after", 0, ret_since);
	return r;
}

static int talk(struct phone *p, int64_t since)
{
	int r = EX_OK;
	if (since >= 0)
		r = ask(p, json_pack("{s:s, s:I}", "do", "sent", "since", (json_int_t)since));
	if (r)
		return r;
	if (!isatty(STDIN_FILENO))
		return play(p);
	cleanup_free char *note =
	    mem_printf(_("the phone of %s; type a text and Enter, /help for more, /quit to end"), p->own);
	phone_view_note(&p->view, note);
	return converse(p);
}

static int run(struct cli *c)
{
	char path[160];
	int64_t since = -1;
	struct phone p = {.patience_ms = PATIENCE_S * 1000};
	p.view = (struct phone_view){.terminal = c->out.terminal, .colour = c->out.colour, .own = p.own};
	int r = numbers(c, &p, &since);
	if (r)
		return r;
	phone_link_default(path, sizeof path);
	const char *control = cli_opt(c, "control") ? cli_opt(c, "control") : path;
	r = phone_link_open(&p.link, control);
	p.unread = json_array();
	if (r)
		r = cli_fail(EX_UNAVAILABLE,
			     _("no emulated modem at %s (%s); start yishi-simmodem, or `make demo`"), control,
			     err_system(-r));
	else
		r = talk(&p, since);
	phone_link_done(&p.link);
	json_decref(p.unread);
	json_decref(p.awaited);
	return r;
}

static const struct cli_option phone_options[] = {
    {"control", N_("SOCKET"),
     N_("the emulator's control socket ($YISHI_SIMMODEM, else the emulator's default)"), false},
    {"from", N_("NUMBER"), N_("whose phone it is (13800138001)"), false},
    {"modem", N_("N"), N_("which of the emulated modems is texted (0)"), false},
    {"patience", N_("SECONDS"), N_("how long /wait waits (60)"), false},
    {"after", N_("ID"), N_("show the texts that came after this one of the emulator first; 0: all"), false},
    {0},
};

const struct cli_verb cli_phone[] = {
    {.name = "",
     .run = run,
     .what = N_("a button phone in the terminal, wired to yishi-simmodem"),
     .options = phone_options,
     .roles = CLI_HELPER | CLI_SECRETARY,
     .example = "yishi phone --from 13800138002\nprintf '7\\n/wait\\n' | yishi phone",
     .more = N_(
	 "Without a terminal the lines of standard input are a script: texts to send, /wait, /ring, /from, and "
	 "remarks after #. Exit status: 0 all that was waited for came, 1 something did not, 69 no emulator.")},
    {0},
};
