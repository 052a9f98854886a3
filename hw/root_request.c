#include "hw/root_request.h"
#include "base/clock.h"
#include "base/mem.h"
#include "base/text.h"
#include "hw/usb_socket.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#define CLOCK_AHEAD_S (20 * 365 * DAY_S)

static const char *const verbs[ROOT_VERBS] = {
    [ROOT_REBIND] = "rebind", [ROOT_POWER] = "power", [ROOT_CLOCK] = "clock"};

static const struct {
	int status;
	const char *word;
} answers[] = {{0, "ok"}, {-EPERM, "refused"}, {-ENOTSUP, "unable"}, {-ETIMEDOUT, "late"}, {-EIO, "failed"}};

static int wrong(const char **ret_why, const char *why)
{
	*ret_why = why;
	return -EINVAL;
}

int root_request_parse(const char *line, size_t n, struct root_request *ret, const char **ret_why)
{
	char text[ROOT_LINE_MAX];
	struct root_request r = {0};
	if (n >= sizeof text)
		return wrong(ret_why, "the request is too long");
	for (size_t i = 0; i < n; i++)
		if (line[i] < ' ' || line[i] > '~')
			return wrong(ret_why, "the request has bytes that belong in none");
	memcpy(text, line, n);
	text[n] = 0;
	char *arg = strchr(text, ' ');
	if (arg)
		*arg++ = 0;
	int verb = 0;
	while (verb < ROOT_VERBS && strcmp(text, verbs[verb]) != 0)
		verb++;
	if (verb == ROOT_VERBS || !arg)
		return wrong(ret_why, "requests are rebind SOCKET, power SOCKET, clock TIME");
	r.verb = (enum root_verb)verb;
	if (r.verb == ROOT_CLOCK) {
		if (rfc3339_parse(arg, &r.utc))
			return wrong(ret_why, "the time is not one such as 2026-11-22T16:00:00+08:00");
	} else if (!usb_socket_valid(arg))
		return wrong(ret_why, "the socket is not one such as 1-1.2");
	else
		text_copy(r.stick, sizeof r.stick, arg);
	*ret = r;
	return 0;
}

void root_answer_format(int status, const char *sentence, char *ret, size_t size)
{
	size_t i = 0;
	while (i < ARRAY_LEN(answers) - 1 && answers[i].status != status)
		i++;
	snprintf(ret, size, "%s%s%.*s\n", answers[i].word, *sentence ? " " : "", ROOT_SAID - 1, sentence);
}

int root_answer_parse(const char *line, size_t n, char sentence[ROOT_SAID])
{
	for (size_t i = 0; i < ARRAY_LEN(answers); i++) {
		size_t word = strlen(answers[i].word);
		if (n < word || memcmp(line, answers[i].word, word) != 0 || (n > word && line[word] != ' '))
			continue;
		size_t rest = n > word ? n - word - 1 : 0;
		snprintf(sentence, ROOT_SAID, "%.*s", (int)(rest < ROOT_SAID ? rest : ROOT_SAID),
			 line + n - rest);
		text_mask_controls(sentence);
		return answers[i].status;
	}
	return -EPROTO;
}

const char *root_clock_refusal(int64_t to_utc, int64_t built_utc, bool synchronised)
{
	if (synchronised)
		return "the clock is kept by time synchronisation";
	if (to_utc < built_utc)
		return "that time was before this program was built";
	if (to_utc > built_utc + CLOCK_AHEAD_S)
		return "that time is too far in the future";
	return NULL;
}
