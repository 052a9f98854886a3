/* Whatever an operator, a modem or a helper may write: a text read by our patterns, a USSD string, a time, and a file of
 * patterns. The first byte chooses. */
#include "at_commands/network_time.h"
#include "base/mem.h"
#include "base/text.h"
#include "rules/operator_text.h"
#include "sms/ussd.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void read_news(const char *text)
{
	struct operator_texts *t = NULL;
	struct err e = {0};
	struct operator_news n = {.has_amount = false};
	if (operator_texts_load(".", &t, &e))
		abort();
	operator_text_read(t, text, NULL, &n);
	if (n.year && (n.month < 1 || n.month > 12 || n.day < 0 || n.day > 31))
		abort();
	operator_texts_free(t);
}

static void read_ussd(const char *text, int dcs)
{
	char out[USSD_TEXT_MAX];
	for (int form = USSD_PLAIN; form <= USSD_UCS2; form++) {
		ussd_decode(text, dcs, (enum ussd_form)form, out, sizeof out);
		if (!memchr(out, 0, sizeof out))
			abort();
	}
}

static void read_patterns(const char *text)
{
	struct operator_texts *t = NULL;
	struct err e = {0};
	if (operator_texts_parse(text, "p", &t, &e) && !e.text[0])
		abort();
	operator_texts_free(t);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct at_network_time time;
	struct err e = {0};
	if (size < 2)
		return 0;
	cleanup_free char *text = mem_alloc(size);
	memcpy(text, data + 1, size - 1);
	switch (data[0] % 5) {
	case 0:
		read_news(text);
		break;
	case 1:
		read_ussd(text, size > 2 ? data[1] - 1 : -1);
		break;
	case 2:
		if (!at_parse_network_time(text, data[1] & 1, &time) && !time.has_time && !time.has_zone)
			abort();
		break;
	case 3:
		read_patterns(text);
		break;
	case 4:
		if (text_valid(text, strlen(text)))
			operator_pattern_check(text, &e);
		break;
	}
	return 0;
}
