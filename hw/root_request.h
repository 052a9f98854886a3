/* What yishi-root is asked, and what it answers: one line each way on a connection of its own.
 *
 *     rebind 1-1.2                        the stick in that socket is unbound and bound     (hw/usb_socket.h)
 *     power 1-1.2                         its power is cut for ten seconds
 *     clock 2026-11-22T16:00:00+08:00     the system's clock is set
 *
 *     ok
 *     refused SENTENCE                    not for you, not this stick, not now: asking again will not help
 *     unable SENTENCE                     this box cannot
 *     late SENTENCE                       it was begun and did not come to its end
 *     failed SENTENCE
 *
 * There are no other verbs. This is the pure part: bytes to a request, an answer to an error number. */
#pragma once

#include "hw/usb.h"

#include <stddef.h>
#include <stdint.h>

#define ROOT_LINE_MAX 96 /* bytes of a request, with its line end; a longer one is none */
#define ROOT_SAID     160

enum root_verb { ROOT_REBIND, ROOT_POWER, ROOT_CLOCK, ROOT_VERBS };

struct root_request {
	enum root_verb verb;
	char stick[USB_STICK]; /* rebind, power */
	int64_t utc;           /* clock */
};

/* `line` without its line end, not terminated. -EINVAL, and why in *ret_why (static). */
int root_request_parse(const char *line, size_t n, struct root_request *ret, const char **ret_why);

/* The outcome as the helper's answer, with a line end: 0 ok, -EPERM refused, -ENOTSUP unable, -ETIMEDOUT late, anything
 * else failed. */
void root_answer_format(int status, const char *sentence, char *ret, size_t size);
/* The same read back: 0, -EPERM, -ENOTSUP, -ETIMEDOUT, -EIO; -EPROTO when it is no answer. `sentence` may be "". */
int root_answer_parse(const char *line, size_t n, char sentence[ROOT_SAID]);

/* Whether the clock may be set to `to_utc`: NULL, or why not (static). `synchronised`: the kernel says that something
 * keeps the clock. A clock before the program was built, or a generation after, is somebody's mistake. */
const char *root_clock_refusal(int64_t to_utc, int64_t built_utc, bool synchronised);
