/* A talk with one modem from the tool: one question after the other, each waits for its answer. The port is opened
 * (hw/transport.h), or borrowed from the running daemon, which closes it when no text is in mid-air and takes it back
 * as soon as this side lets go, be it by dying.
 *
 *	struct dialogue *d;
 *	if (!dialogue_open(path, 115200, &d, &e) && dialogue_greet(d, 3000) == SPEAKER_MODEM)
 *		at_read_signal(dialogue_ask(d, at_cmd_signal()), &dbm);
 *	dialogue_close(d);
 *
 * While a dialogue is open Ctrl-C, SIGTERM and SIGHUP end its waits instead of the program: every answer is AT_CANCELLED
 * from then on and dialogue_interrupted() says so; dialogue_close leaves the modem without a prompt that stands (ESC),
 * gives the port back, and with the last dialogue the signal does what it always does. So: print what there is to print
 * first. Nothing is written to a modem but what is asked for and the chat's own markers (AT+CMEE?, AT+CMGF?, ESC, CR). */
#pragma once

#include "at_commands/speaker.h"
#include "at_commands/verbs.h"
#include "base/config.h"

#include <stdbool.h>
#include <stdint.h>

struct dialogue;

/* -errno with a sentence that names the port, what is wrong (also who holds it) and what to do. -EBUSY: another program
 * has it. *ret is the caller's: dialogue_close. */
int dialogue_open(const char *path, int baud, struct dialogue **ret, struct err *e);

/* Asks the running daemon for the port of its line `name`, and waits up to patience_ms while a text is in mid-air there.
 * -ENOENT, -ECONNREFUSED: no daemon runs (no sentence); -ESRCH: it has no such line; -EBUSY: lent already; -ETIMEDOUT:
 * not free in time; -ENODEV: its modem is not there. */
int dialogue_borrow(const struct config *cfg, const char *name, int patience_ms, struct dialogue **ret,
		    struct err *e);

/* ESC when a prompt may stand; the port is closed, and given back when it was borrowed. NULL is harmless. */
void dialogue_close(struct dialogue *d);

const char *dialogue_path(const struct dialogue *d); /* what was opened: "/dev/ttyUSB2" */
bool dialogue_borrowed(const struct dialogue *d);
bool dialogue_interrupted(const struct dialogue *d); /* Ctrl-C, SIGTERM, SIGHUP */
/* What interrupted is over: the next question is asked again. False for SIGTERM and SIGHUP, which are left to stand. */
bool dialogue_resume(struct dialogue *d);
int dialogue_error(const struct dialogue *d); /* 0, or the -errno with which the port was lost */

/* Time gaps and error lines of this row from now on; borrowed for the dialogue's life. No command may run. */
void dialogue_set_row(struct dialogue *d, const struct modem_row *row);

/* Who is there: SPEAKER_MODEM as soon as AT is answered, else what was heard within timeout_ms. */
enum speaker dialogue_greet(struct dialogue *d, int timeout_ms);
/* The same of many ports at once, in the time of one. NULL entries are passed over (SPEAKER_SILENT). */
void dialogue_greet_all(struct dialogue *const *list, int count, int timeout_ms, enum speaker *ret);

/* One command and its answer, never NULL: what went wrong is reply->final (AT_CANCELLED when the port is gone, Ctrl-C
 * came, or the line cannot be sent). Borrowed until the next question or close. Unsolicited codes that come meanwhile
 * wait for dialogue_wait. A gated payload (at_cmd_submit) is released: a person has asked for it. */
const struct at_reply *dialogue_ask(struct dialogue *d, struct at_command c);
/* Any line as it stands: all lines of the answer are taken (AT_TAKE_ALL). timeout_ms 0: 5 s. */
const struct at_reply *dialogue_command(struct dialogue *d, const char *line, int timeout_ms);

/* The oldest unsolicited code of one of `kinds` (bits 1u << enum urc_kind) that was not asked for yet, waiting up to
 * timeout_ms for one; NULL when none came. Older ones of other kinds stay. Borrowed until the next call of anything here.
 * At most DIALOGUE_URCS wait, the oldest make room. */
#define DIALOGUE_URCS 64
#define URC_BIT(kind) (1u << (kind))
const struct at_urc *dialogue_wait(struct dialogue *d, unsigned kinds, int timeout_ms);

/* Who hears bytes and codes as they pass (console, trace); any may be NULL. Copied; `user` is borrowed. */
struct dialogue_listener {
	void (*sent)(void *user, const char *bytes, size_t n);
	void (*received)(void *user, const char *bytes, size_t n);
	void (*urc)(void *user, const struct at_urc *u);
	void (*late)(void *user, const char *line); /* came after its time-out */
	void *user;
};
void dialogue_listen(struct dialogue *d, const struct dialogue_listener *l);

/* What arrived on a borrowed port and is the gateway's: a text or report (URC_CMT, URC_CDS) is given to the daemon and,
 * when it has it on disk, acknowledged to the modem; so is a call (its number). −ENOTCONN: the port is our own, nobody is
 * there to take it and nothing is acknowledged, so that the network keeps it; −EINVAL: no such code; −EIO: the daemon
 * has not taken it. */
int dialogue_hand_over(struct dialogue *d, const struct at_urc *u);

/* Lets bytes pass until `other_fd` can be read (−1: none), timeout_ms are over (−1: never), Ctrl-C or the port's end:
 * 1 readable, 0 time is over, -EINTR, -errno of the port. For a loop that also listens to a terminal. */
int dialogue_pass(struct dialogue *d, int other_fd, int timeout_ms);
