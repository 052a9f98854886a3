#include "cli/console_line.h"

#include "base/i18n.h"
#include "base/mem.h"
#include "base/text.h"
#include "cli/console_words.h"

#include <errno.h>
#include <histedit.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>
#include <sys/stat.h>
#include <unistd.h>
#include <wchar.h>

#define HISTORY_MAX 500
#define SLICE_MS    1000 /* how soon what the modem said is looked at, when it is silent behind it */

struct console_line {
	EditLine *el;
	History *history;
	struct dialogue *d;
	void (*pass)(void *user);
	void *user;
	int64_t idle_ms, until_ms;
	const char *prompt;
	char path[PATH_MAX];
	char text[AT_COMMAND_MAX * 4];
	bool typing, dropped;
};

static struct console_line *line_of(EditLine *el)
{
	void *data = NULL;
	el_get(el, EL_CLIENTDATA, &data);
	return data;
}

static char *prompt_of(EditLine *el)
{
	return (char *)(uintptr_t)line_of(el)->prompt;
}

/* One character typed; meanwhile the modem is listened to. 0: the end. */
static int next_char(EditLine *el, wchar_t *ret)
{
	struct console_line *l = line_of(el);
	mbstate_t state = {0};
	char c;
	for (;;) {
		int r = dialogue_pass(l->d, STDIN_FILENO, SLICE_MS);
		l->pass(l->user);
		if (r == -EINTR && dialogue_resume(l->d)) {
			l->dropped = true;
			*ret = L'\n';
			return 1;
		}
		if (r < 0 || (l->until_ms && mono_ms() >= l->until_ms))
			return 0;
		if (r == 1)
			break;
	}
	if (l->idle_ms)
		l->until_ms = mono_ms() + l->idle_ms;
	while (read(STDIN_FILENO, &c, 1) == 1) {
		size_t n = mbrtowc(ret, &c, 1, &state);
		if (n == (size_t)-1)
			state = (mbstate_t){0};
		else if (n != (size_t)-2)
			return 1;
	}
	return 0;
}

/* What all commands that begin so have in common is filled in; several are listed. */
static unsigned char complete(EditLine *el, wint_t ch)
{
	const LineInfo *info = el_line(el);
	size_t n = (size_t)(info->cursor - info->buffer), common = 0;
	const char *first = NULL, *command, *what;
	int found = 0;
	(void)ch;
	for (int i = 0; (command = console_command(i, NULL)); i++) {
		if (strncasecmp(command, info->buffer, n) != 0)
			continue;
		if (!found++) {
			first = command;
			common = strlen(command);
		}
		size_t k = n;
		while (k < common && command[k] == first[k])
			k++;
		common = k;
	}
	if (!found)
		return CC_REFRESH_BEEP;
	if (common > n) {
		char whole[AT_COMMAND_MAX];
		text_copy(whole, sizeof whole, first);
		whole[common < sizeof whole ? common : 0] = 0;
		el_deletestr(el, (int)n); /* what was typed is spelt as the table does it */
		return el_insertstr(el, whole) ? CC_ERROR : CC_REFRESH;
	}
	if (found > 1) {
		printf("\n");
		for (int i = 0; (command = console_command(i, &what)); i++)
			if (!strncasecmp(command, info->buffer, n))
				printf("  %-22s %s\n", command, gettext(what));
		fflush(stdout);
		return CC_REDISPLAY;
	}
	return CC_REFRESH;
}

/* $XDG_STATE_HOME/yishi/console, else ~/.local/state/yishi/console; its folder is made. false: there is no home. */
static bool history_path(char *buf, size_t size)
{
	const char *state = getenv("XDG_STATE_HOME"), *home = getenv("HOME");
	char folder[PATH_MAX];
	if (state && *state == '/')
		text_copy(folder, sizeof folder, state);
	else if (home && *home == '/')
		snprintf(folder, sizeof folder, "%s/.local/state", home);
	else
		return false;
	size_t n = strlen(folder);
	snprintf(folder + n, sizeof folder - n, "/yishi");
	for (char *p = folder + 1; (p = strchr(p, '/')); *p++ = '/') {
		*p = 0;
		(void)mkdir(folder, 0700);
	}
	if (mkdir(folder, 0700) != 0 && errno != EEXIST)
		return false;
	snprintf(buf, size, "%s/console", folder);
	return true;
}

struct console_line *console_line_new(struct dialogue *d, int idle_ms, void (*pass)(void *user), void *user)
{
	struct console_line *l = mem_alloc(sizeof *l);
	HistEvent e;
	*l = (struct console_line){.d = d, .pass = pass, .user = user, .idle_ms = idle_ms, .prompt = ""};
	l->el = el_init("yishi", stdin, stdout, stderr);
	l->history = history_init();
	history(l->history, &e, H_SETSIZE, HISTORY_MAX);
	history(l->history, &e, H_SETUNIQUE, 1);
	if (history_path(l->path, sizeof l->path))
		history(l->history, &e, H_LOAD, l->path);
	el_set(l->el, EL_CLIENTDATA, l);
	el_set(l->el, EL_PROMPT, prompt_of);
	el_set(l->el, EL_EDITOR, "emacs");
	el_set(l->el, EL_HIST, history, l->history);
	/* libedit forgets the copies that its narrow sister makes of the two strings */
	el_wset(l->el, EL_ADDFN, L"complete", L"completes a command", complete);
	el_set(l->el, EL_BIND, "\t", "complete", NULL);
	el_set(l->el, EL_BIND, "^R", "em-inc-search-prev", NULL);
	el_set(l->el, EL_GETCFN, next_char);
	return l;
}

void console_line_free(struct console_line *l)
{
	HistEvent e;
	if (!l)
		return;
	if (*l->path) {
		mode_t before = umask(077);
		history(l->history, &e, H_SAVE, l->path);
		umask(before);
	}
	history_end(l->history);
	el_end(l->el);
	free(l);
}

enum console_typed console_line_read(struct console_line *l, const char *prompt, const char **ret_line)
{
	int n = 0;
	l->prompt = prompt;
	l->dropped = false;
	l->typing = true;
	l->until_ms = l->idle_ms ? mono_ms() + l->idle_ms : 0;
	const char *text = el_gets(l->el, &n);
	l->typing = false;
	if (l->dropped)
		return TYPED_NOTHING;
	if (!text || n <= 0)
		return TYPED_END;
	text_copy(l->text, sizeof l->text, text);
	l->text[strcspn(l->text, "\r\n")] = 0;
	*ret_line = l->text;
	return TYPED_LINE;
}

void console_line_keep(struct console_line *l, const char *line)
{
	HistEvent e;
	history(l->history, &e, H_ENTER, line);
}

void console_line_hide(const struct console_line *l)
{
	if (l->typing)
		printf("\r\033[K");
}

void console_line_show(const struct console_line *l)
{
	fflush(stdout);
	if (l->typing)
		el_set(l->el, EL_REFRESH);
}
