#include "at_commands/speaker.h"

#include <ctype.h>
#include <string.h>

#define FLAG 0x7e

const char *speaker_name(enum speaker s)
{
	static const char *const names[SPEAKER_COUNT] = {
	    [SPEAKER_SILENT] = "silent", [SPEAKER_MODEM] = "modem", [SPEAKER_NMEA] = "nmea",
	    [SPEAKER_PPP] = "ppp",       [SPEAKER_ECHO] = "echo",   [SPEAKER_LOG] = "log",
	    [SPEAKER_BINARY] = "binary"};
	return names[s];
}

static bool is_text(unsigned char c)
{
	return (c >= ' ' && c < 0x7f) || c == '\r' || c == '\n' || c == '\t';
}

/* "$GPGGA," "$BDRMC," "!AIVDM,": a sign, five letters or digits, a comma. */
static bool has_sentence(const char *s, size_t n)
{
	for (size_t i = 0; i + 6 < n; i++) {
		size_t k = 1;
		while (k < 6 && (isupper((unsigned char)s[i + k]) || isdigit((unsigned char)s[i + k])))
			k++;
		if ((s[i] == '$' || s[i] == '!') && k == 6 && s[i + 6] == ',')
			return true;
	}
	return false;
}

/* Nothing but our own question: the chat's markers and their blank ends. */
static bool is_echo(const char *s, size_t n)
{
	static const char *const asked[] = {"AT+CMEE?", "AT+CMGF?", "AT"};
	bool any = false;
	for (size_t i = 0; i < n;) {
		size_t k = 0;
		if (s[i] == '\r' || s[i] == '\n' || s[i] == 0x1b) {
			i++;
			continue;
		}
		while (k < 3 && (n - i < strlen(asked[k]) || strncmp(s + i, asked[k], strlen(asked[k])) != 0))
			k++;
		if (k == 3)
			return false;
		i += strlen(asked[k]);
		any = true;
	}
	return any;
}

enum speaker speaker_of(const char *heard, size_t n)
{
	size_t flags = 0, odd = 0;
	for (size_t i = 0; i < n; i++) {
		flags += (unsigned char)heard[i] == FLAG;
		odd += !is_text((unsigned char)heard[i]);
	}
	if (!n)
		return SPEAKER_SILENT;
	if (is_echo(heard, n))
		return SPEAKER_ECHO;
	if (has_sentence(heard, n))
		return SPEAKER_NMEA;
	/* one flag alone may stand in any log */
	if (flags >= 2)
		return SPEAKER_PPP;
	return odd * 5 > n ? SPEAKER_BINARY : SPEAKER_LOG;
}
