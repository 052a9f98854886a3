/* Who speaks on a port, by what was heard there before anything answered to AT: sticks have up to five ports, and most
 * of them are for other things. Pure. */
#pragma once

#include <stdbool.h>
#include <stddef.h>

enum speaker {
	SPEAKER_SILENT, /* not a byte */
	SPEAKER_MODEM,  /* AT was answered; never a result of speaker_of */
	SPEAKER_NMEA,   /* positions of satellites: $GPGGA,… (NMEA 0183) */
	SPEAKER_PPP,    /* frames between 7Eh (RFC 1662): a data connection, or a diagnosis port */
	SPEAKER_ECHO, /* what was sent comes back and nothing else: a looped cable, or a modem that hears and is silent */
	SPEAKER_LOG,    /* lines of text that answer nothing */
	SPEAKER_BINARY, /* bytes that are no text: a log, or another speed */
	SPEAKER_COUNT
};

/* What was heard, byte for byte, bounded by the caller. */
enum speaker speaker_of(const char *heard, size_t n);
const char *speaker_name(enum speaker s); /* "silent" "modem" "nmea" "ppp" "echo" "log" "binary": for JSON */
