/* `yishi modem console`: AT commands by hand, answers beside their meaning, and a question before what does harm. */
#include "cli/console_line.h"
#include "cli/console_words.h"
#include "cli/modem_card.h"
#include "cli/modem_find.h"
#include "cli/modem_verbs.h"

#include "base/mem.h"
#include "base/text.h"

#include <errno.h>
#include <string.h>
#include <strings.h>
#include <unistd.h>

#define LONG_MS      180000 /* AT+COPS=? */
#define SEND_MS      130000
#define USUAL_MS     30000
#define IDLE_MS      900000 /* a line of the gateway is not kept for somebody who has gone */
#define TPDU_HEX_MAX 800    /* longer than any PDU */
#define ARRIVALS     (URC_BIT(URC_CMT) | URC_BIT(URC_CDS) | URC_BIT(URC_CLIP))

const struct cli_option modem_console_options[] = {
    {"full", NULL, N_("telephone numbers whole"), false},
    {0},
};

struct console {
	struct cli *c;
	struct dialogue *d;
	const struct modem_row *row;
	struct console_line *line; /* NULL: standard input is no terminal */
	int status;
};

/* A raw line, and what it means. */
static void print_line(struct console *k, const char *raw)
{
	cleanup_free char *words = console_explain(k->row, raw, cli_opt(k->c, "full") != NULL),
			  *shown = mem_dup(raw);
	const char *dim = k->c->out.colour ? "\033[2m" : "", *plain = k->c->out.colour ? "\033[0m" : "";
	text_mask_controls(shown);
	if (words && *words)
		printf("%s   %s· %s%s\n", shown, dim, words, plain);
	else
		printf("%s\n", shown);
}

static void on_urc(void *user, const struct at_urc *u)
{
	struct console *k = user;
	if (k->line)
		console_line_hide(k->line);
	print_line(k, u->line);
	if (u->pdu)
		print_line(k, u->pdu);
	if (k->line)
		console_line_show(k->line);
}

static void on_late(void *user, const char *line)
{
	struct console *k = user;
	if (k->line)
		console_line_hide(k->line);
	print_line(k, line);
	if (k->line)
		console_line_show(k->line);
}

/* What arrives here is the gateway's, when it has lent the port. */
static void hand_over(void *user)
{
	struct console *k = user;
	const struct at_urc *u;
	while (dialogue_borrowed(k->d) && (u = dialogue_wait(k->d, ARRIVALS, 0)))
		(void)dialogue_hand_over(k->d, u);
}

static void print_final(struct console *k, const struct at_reply *r)
{
	switch (r->final) {
	case AT_OK:
		printf("OK\n");
		return;
	case AT_ERROR:
		print_line(k, *r->text ? r->text : "ERROR");
		break;
	case AT_CMS_ERROR:
	case AT_CME_ERROR: {
		const char *head = r->final == AT_CMS_ERROR ? "+CMS ERROR" : "+CME ERROR";
		cleanup_free char *raw =
		    r->code >= 0 ? mem_printf("%s: %d", head, r->code) : mem_printf("%s: %s", head, r->text);
		print_line(k, raw);
		break;
	}
	case AT_TIMEOUT:
		printf("%s\n", _("(no answer in time)"));
		break;
	case AT_NO_PROMPT:
		printf("%s\n", _("(the modem does not ask for the text: nothing was sent)"));
		break;
	case AT_DEAD:
		printf("%s\n", _("(the modem does not answer any more)"));
		break;
	case AT_CANCELLED:
	case AT_WITHHELD:
		printf("%s\n", _("(broken off)"));
		break;
	}
	k->status = CLI_NOTHING;
}

static int patience(const char *command)
{
	if (!strncasecmp(command, "AT+COPS=", 8) || !strncasecmp(command, "AT+CFUN=", 8) ||
	    !strncasecmp(command, "AT+CLCK=", 8))
		return LONG_MS;
	if (!strncasecmp(command, "AT+CMG", 6) || !strncasecmp(command, "AT+CMSS", 7) ||
	    !strncasecmp(command, "ATD", 3))
		return SEND_MS;
	return USUAL_MS;
}

/* The next line: typed, or of standard input. TYPED_NOTHING: thrown away. */
static enum console_typed next_line(struct console *k, const char *prompt, const char **ret, char *buf,
				    size_t size)
{
	if (k->line)
		return console_line_read(k->line, prompt, ret);
	if (!fgets(buf, (int)size, stdin))
		return TYPED_END;
	buf[strcspn(buf, "\r\n")] = 0;
	*ret = buf;
	return TYPED_LINE;
}

static bool asked(struct console *k, const char *command, const char *why)
{
	cleanup_free char *shown = mem_dup(console_secret(command) ? _("this command") : command);
	char buf[32];
	const char *answer = "";
	text_mask_controls(shown);
	if (k->c->yes)
		return true;
	if (!k->line) {
		cli_note(_("not sent, %s: %s; --yes sends it"), shown, gettext(why));
		k->status = EX_NOPERM;
		return false;
	}
	printf(_("Careful, %s: %s.\n"), shown, gettext(why));
	return next_line(k, _("Send it? [y/N] "), &answer, buf, sizeof buf) == TYPED_LINE &&
	       (!strncasecmp(answer, "y", 1) || !strncmp(answer, "是", 3));
}

static bool wants_pdu(const char *command)
{
	return (!strncasecmp(command, "AT+CMGS=", 8) || !strncasecmp(command, "AT+CMGW=", 8)) &&
	       command[8] != '?';
}

static void send_command(struct console *k, const char *command)
{
	struct at_command c = {.flags = AT_TAKE_ALL, .timeout_ms = patience(command)};
	char pdu[TPDU_HEX_MAX], buf[TPDU_HEX_MAX];
	if (strlen(command) >= sizeof c.line) {
		cli_note(_("a command has at most %d characters"), AT_COMMAND_MAX - 1);
		k->status = EX_DATAERR;
		return;
	}
	text_copy(c.line, sizeof c.line, command);
	if (!strncasecmp(command, "ATD", 3) || !strcasecmp(command, "ATA"))
		c.flags |= AT_CALL;
	if (wants_pdu(command)) {
		const char *typed = "";
		if (next_line(k, "> ", &typed, buf, sizeof buf) != TYPED_LINE || !at_is_hex(typed)) {
			cli_note("%s", _("behind it the PDU is wanted, as hex (`yishi pdu encode` makes one); "
					 "nothing was sent"));
			k->status = EX_DATAERR;
			return;
		}
		text_copy(pdu, sizeof pdu, typed);
		c.payload = pdu;
	}
	const struct at_reply *r = dialogue_ask(k->d, c);
	for (size_t i = 0; i < r->count; i++)
		print_line(k, r->lines[i]);
	print_final(k, r);
	hand_over(k);
	fflush(stdout);
	if (dialogue_interrupted(k->d))
		dialogue_resume(k->d);
}

static void print_help(void)
{
	const char *command, *what;
	for (int i = 0; (command = console_command(i, &what)); i++)
		printf("  %-22s %s\n", command, gettext(what));
	printf(
	    "%s\n",
	    _("Tab completes, ↑ is what was typed before, Ctrl-C throws the line away, Ctrl-D or quit ends."));
}

/* False: it is over. */
static bool take(struct console *k, const char *typed)
{
	cleanup_free char *command = mem_dup(typed + strspn(typed, " \t"));
	for (size_t n = strlen(command); n && strchr(" \t", command[n - 1]);)
		command[--n] = 0;
	if (!strcasecmp(command, "quit") || !strcasecmp(command, "exit"))
		return false;
	if (!*command || *command == '#')
		return true;
	if (!strcasecmp(command, "help") || !strcmp(command, "?")) {
		print_help();
		return true;
	}
	if (strncasecmp(command, "AT", 2) != 0) {
		cli_note(_("%.40s is no command: they begin with AT; help lists some, quit ends"), command);
		k->status = EX_DATAERR;
		return true;
	}
	if (k->line && !console_secret(command))
		console_line_keep(k->line, command);
	const char *why = console_danger(command);
	if (!why || asked(k, command, why))
		send_command(k, command);
	return !dialogue_error(k->d);
}

static void talk(struct console *k)
{
	char buf[TPDU_HEX_MAX];
	const char *typed = "";
	enum console_typed t;
	do
		t = next_line(k, "AT» ", &typed, buf, sizeof buf);
	while (t != TYPED_END && (t == TYPED_NOTHING || take(k, typed)));
	if (k->line)
		printf("\n");
	if (dialogue_error(k->d))
		k->status = cli_fail(EX_UNAVAILABLE, _("%s is gone: %s"), dialogue_path(k->d),
				     err_system(-dialogue_error(k->d)));
}

int modem_console(struct cli *c)
{
	struct modem_rows rows;
	struct console k = {.c = c};
	int r = card_rows(&rows);
	if (r)
		return r;
	r = modem_reach(c, c->argc ? c->argv[0] : NULL, &rows, &k.d);
	if (!r) {
		bool terminal = isatty(STDIN_FILENO) && isatty(STDOUT_FILENO);
		k.row = modem_card_identify(k.d, &rows);
		if (terminal) {
			printf(_("%s, known as %s; help lists commands, Ctrl-D ends.\n"), dialogue_path(k.d),
			       k.row->name);
			if (dialogue_borrowed(k.d))
				printf("%s\n",
				       _("The gateway has lent this line and sends nothing over it until you "
					 "end; after 15 minutes without a key it gets it back by itself."));
			k.line = console_line_new(k.d, dialogue_borrowed(k.d) ? IDLE_MS : 0, hand_over, &k);
		}
		struct dialogue_listener l = {.urc = on_urc, .late = on_late, .user = &k};
		dialogue_listen(k.d, &l);
		talk(&k);
		r = k.status;
		console_line_free(k.line);
		fflush(stdout);
		dialogue_close(k.d);
	}
	modem_rows_done(&rows);
	return r;
}
