/* A recorded trace (at_commands/trace.h) without the people in it, so that it may be handed on and replayed by a test. Every
 * byte stays in its place: the same lengths, the same records and times, so that PDUs decode to messages of the same form
 * (alphabet, header, parts, time stamps) and codes stay codes.
 *
 *	numbers of phones, centres, IMEI, IMSI, ICCID    others of the same length, the same one for the same one everywhere
 *	texts in PDUs and elsewhere                      x X 0 某 😀 by kind; marks and blanks stay
 *	names of senders and of the phone book           likewise
 *	PINs and passwords                               ****
 *	place codes and cells of registration lines      others
 *
 * Five digits and fewer stay: lengths, errors, networks (46000), services (10086). Pure. */
#pragma once

#include "base/buf.h"
#include "base/err.h"

#include <stdbool.h>
#include <stdint.h>

/* `trace` whole → `out`. −EINVAL with the line that is no trace. */
int trace_anonymise(const char *trace, struct buf *out, struct err *e);

/* What anonymise.c and anonymise_pdu.c share. */
struct anonymous;
/* Changes `n` digits (or hex digits) in place; the first time through they are only noted. */
void anonymous_digits(struct anonymous *a, char *digits, size_t n);
bool anonymous_collecting(const struct anonymous *a);
/* One UTF-16 unit of a text → its stand-in. */
uint16_t anonymous_unit(uint16_t unit);
/* `hex` (n characters) of a PDU as modems print it; what does not decode becomes zeros. */
void anonymous_pdu(struct anonymous *a, char *hex, size_t n);
/* `count` septets of text from bit `from_bit` of `octets` on. */
void anonymous_septets(uint8_t *octets, size_t from_bit, size_t count, unsigned locking, unsigned single);
