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

/* `trace` whole → `out`. −EINVAL with the line that is no trace. */
int trace_anonymise(const char *trace, struct buf *out, struct err *e);
