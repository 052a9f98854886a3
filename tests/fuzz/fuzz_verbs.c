/* Whatever a modem may answer, and what networks and callers may make it say: every reader of replies and codes. What
 * is words afterwards is UTF-8, for it goes into JSON. */
#include "at_commands/network_time.h"
#include "at_commands/verbs.h"
#include "base/mem.h"
#include "base/text.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#define LINES 32

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void words(const char *s)
{
	if (!text_valid(s, strlen(s)) || strpbrk(s, "\x1B\r\n"))
		abort();
}

static void read_words(const struct at_reply *r)
{
	char text[24], number[AT_NUMBER_MAX];
	int n;
	if (!at_read_words(r, text, sizeof text))
		words(text);
	if (!at_read_operator(r, text, sizeof text, &n))
		words(text);
	if (!at_read_cause(r, text, sizeof text, &n))
		words(text);
	if (!at_read_imei(r, text))
		words(text);
	if (!at_read_iccid(r, text))
		words(text);
	if (!at_read_smsc(r, number, &n))
		words(number);
}

static void read_numbers(const struct at_reply *r)
{
	struct at_sets sets;
	struct at_stores st;
	struct at_registration reg;
	struct at_call call[AT_CALLS_MAX];
	struct at_list list;
	struct at_slot slot;
	int n, five[5];
	at_read_pin(r);
	at_read_radio(r, &n);
	at_read_format(r, &n);
	at_read_service(r, &n);
	at_read_signal(r, &n);
	at_read_submit(r, &n);
	at_read_reg(r, &reg);
	at_read_notify(r, five);
	at_read_notify_options(r, &sets);
	at_read_stores_options(r, &sets);
	if (at_read_stores(r, &st) == 0 && (st.used[0] > 65535 || st.total[0] > 65535))
		abort();
	int calls = at_read_calls(r, call, AT_CALLS_MAX);
	for (int i = 0; i < calls; i++)
		words(call[i].number);
	if (at_read_list(r, &list) == 0)
		at_list_done(&list);
	if (at_read_slot(r, &slot) == 0)
		at_slot_done(&slot);
}

static void read_code(const char *line)
{
	struct at_network_time t;
	struct at_registration reg;
	int mr;
	at_parse_network_time(line, false, &t);
	at_parse_reg(line, false, &reg);
	at_signal_dbm(line);
	at_late_submit(line, &mr);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	cleanup_free char *text = mem_alloc(size + 1);
	const char *lines[LINES];
	struct at_reply r = {.final = AT_OK, .code = -1, .text = "", .lines = lines};
	if (size)
		memcpy(text, data, size);
	for (char *p = text, *next; p && r.count < LINES; p = next) {
		next = strchr(p, '\n');
		if (next)
			*next++ = 0;
		/* the framer hands out no other controls, and no empty line */
		if (!*p)
			continue;
		lines[r.count++] = p;
		read_code(p);
	}
	read_words(&r);
	read_numbers(&r);
	return 0;
}
