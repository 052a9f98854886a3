/* A conversation with one modem: a queue of commands over the framer, one at a time. Pure: it is fed bytes and
 * the monotonic time and gives bytes to write and the time at which it wants to be called again. 3GPP TS 27.007
 * clause 4, 27.005 clause 3.5.1 (prompt).
 *
 *	at_chat_submit → [at_chat_output → write → at_chat_wrote] → at_chat_feed → done(reply)
 *	                     at_chat_deadline says when at_chat_tick is due
 *
 * What it promises:
 *  - Every submitted command gets its `done` exactly once; a time-out is a final result like any other.
 *  - A payload is written after the prompt of its own command and never else; an error or OK in the place of
 *    the prompt ends the command unsent. reply.payload_sent says whether the modem may have the message: it is
 *    set when the closing Ctrl-Z was reported as written.
 *  - `+CMGS: n` counts as the result even when its OK never comes, or an error does (command.grace_ms).
 *  - Unsolicited codes are taken out before, between and inside replies, also two-line ones between the header
 *    and the PDU line of a listing; the stated lengths decide to whom a PDU line belongs.
 *  - An answer that comes after its time-out is never taken for the next command's. Before the next command the
 *    chat finds its feet again (resync): ESC CR when a prompt may be standing, then a marker, `AT+CMEE?` (or
 *    `AT+CMGF?` when the lost command expected +CMEE:). Everything up to the marker's own `+CMEE:` line and its
 *    final result is thrown away (and shown to `late`). Markers that were written earlier and not answered are
 *    owed: their answers are waited for, or known for what they are when they come later still. A modem that
 *has never answered a marker is in step when, after any final result, it was silent for settle_ms. After
 *    resync_tries markers without a word the next command in the queue ends as AT_DEAD without having been
 *    written; the one after that tries again. While a payload may still be in the air (command.silence_ms) it
 *    is asked on: a modem that is busy with the network is not dead. It is asked already before, when nothing
 *    was heard for much longer than usual: an echo then tells that it has started anew.
 *  - A gated payload leaves only after at_chat_release; after at_chat_withhold, or when what came before the
 *    prompt says that the modem is not what it was, the prompt is left by ESC and nothing is sent.
 *  - Everything that a stranger can make grow is bounded: line, reply (lines and bytes), queue.
 */
#pragma once

#include "at_commands/framer.h"
#include "at_commands/urc.h"
#include "base/buf.h"

#include <stdbool.h>
#include <stdint.h>

#define AT_COMMAND_MAX  256 /* command line without CR */
#define AT_PREFIXES_MAX 96
#define AT_QUEUE_MAX    64
#define AT_REPLY_LINES  1200 /* 255 messages of a listing take 510 */
#define AT_REPLY_BYTES  (512 * 1024)
#define AT_FINALS_MAX   8

enum at_final {
	AT_OK,
	AT_ERROR,     /* bare ERROR and its relatives; reply.text has the line */
	AT_CMS_ERROR, /* reply.code, −1 when only words came that nobody knows */
	AT_CME_ERROR,
	AT_TIMEOUT,   /* no final result in time; with payload_sent the outcome is unknown */
	AT_NO_PROMPT, /* the prompt did not come, in time or at all: nothing was sent */
	AT_DEAD,      /* not written: the modem does not answer markers */
	AT_CANCELLED, /* at_chat_abort; with payload_sent the outcome is unknown */
	AT_WITHHELD,  /* the payload was kept back, reply.text says why: nothing was sent */
};

struct at_reply {
	enum at_final final;
	int code;                 /* of CMS and CME errors; else −1 */
	const char *text;         /* words behind +CMS/+CME ERROR or the final line; "" none */
	const char *const *lines; /* borrowed until done returns; without echo, codes, final result */
	size_t count;
	bool payload_sent; /* Ctrl-Z went out */
	bool
	    no_final; /* AT_OK by grace: the result line came, its OK did not, or an error did. AT_WITHHELD: the
			    * modem said nothing to ESC */
	bool truncated; /* lines beyond the bounds were dropped */
};

enum at_command_flags {
	AT_TAKE_BARE = 1, /* lines without a prefix belong to the reply (+CGMI, +CGSN …) */
	AT_TAKE_PDU = 2,  /* hex lines belong to the reply (+CMGL, +CMGR) */
	AT_TAKE_ALL = 4,  /* all lines but the known unsolicited codes (console) */
	AT_CALL = 8,      /* NO CARRIER, BUSY, NO ANSWER, CONNECT are final results (ATD, ATA) */
	AT_FIRST = 16,    /* goes before all that waits in the queue (+CNMA) */
	AT_GATED = 32,    /* the payload waits at its prompt for at_chat_release or at_chat_withhold */
};
#define AT_BEFORE_MAX 24

/* Zero-initialised but for `line`, or made by a function of verbs.h. Copied by at_chat_submit. */
struct at_command {
	char line[AT_COMMAND_MAX];      /* "AT+CMGS=23", without CR */
	char prefixes[AT_PREFIXES_MAX]; /* of the reply's lines: "+CMGS: +X:"; "": its own */
	const char *payload; /* borrowed until submit returns; hex, goes after the prompt; NULL none */
	unsigned flags;
	int timeout_ms; /* for the final result, from the last byte of the request on; 0: 5 s */
	int prompt_ms;  /* for the prompt; 0: 10 s */
	int grace_ms;   /* > 0: after an expected line, wait so long for the OK and do without */
	int64_t
	    expires_ms; /* monotonic; not begun by then it ends as AT_CANCELLED, unwritten. 0: it has time */
	/* > 0, with a payload: when no byte comes for so long behind Ctrl-Z it ends as AT_TIMEOUT; its answer may
	 * come until timeout_ms, as `late`, and until then the modem is not called dead */
	int silence_ms;
	char before
	    [AT_BEFORE_MAX]; /* "+CMGF: 0": has to be said before the prompt, or the payload is withheld */
	uint64_t tag;        /* the owner's, given back to `late` */
	void (*done)(void *user, const struct at_reply *reply); /* may submit; NULL: nobody cares */
	void *user;
};

struct at_chat_options {
	int gap_ms;                             /* between a final result and the next command; 0 */
	int pdu_delay_ms;                       /* between prompt and payload; 0 */
	int ctrlz_delay_ms;                     /* between payload and Ctrl-Z; 0 */
	int resync_ms;                          /* for the marker's answer; 2000 */
	int resync_tries;                       /* 3 */
	int settle_ms;                          /* 1000 */
	int pair_ms;                            /* for the PDU line of a two-line code; 3000 */
	const char *final_extra[AT_FINALS_MAX]; /* further error lines, whole; borrowed for the chat's life */
};
struct at_chat_options at_chat_defaults(void);

/* Who hears what. All but user may be NULL. They may submit commands or call at_chat_abort, never
 * at_chat_free. */
struct at_chat_events {
	void (*urc)(void *user, const struct at_urc *urc); /* each code once, PDU included; UNKNOWN too */
	/* a line that came too late, and the tag of the command that it answers */
	void (*late)(void *user, uint64_t tag, const char *line);
	void (*sent)(void *user, const char *bytes, size_t n);     /* as written (trace) */
	void (*received)(void *user, const char *bytes, size_t n); /* as fed (trace) */
	void *user;
};

struct at_chat_stats {
	uint64_t lines, urcs, stray; /* stray: lines that nobody expected */
	uint64_t timeouts, resyncs;
	int timeouts_in_row; /* ends with the next final result */
	uint64_t garbage;    /* bytes since the last line that made sense */
};

struct at_chat; /* opaque */

struct at_chat *at_chat_new(const struct at_chat_options *o, const struct at_chat_events *e);
void at_chat_free(struct at_chat *c); /* without calling anybody */

/* −EBUSY when AT_QUEUE_MAX wait, −EINVAL for a line with control characters or a payload that is not hex. */
int at_chat_submit(struct at_chat *c, int64_t now_ms, const struct at_command *cmd);

/* Opens the gate, or shuts it for good, of every gated command that runs or waits. −ENOENT: there is none, it has
 * ended already. A command whose line was not begun to be written ends at once, others when the modem has said
 * what it says to ESC. A prompt that nobody decides about is left after command.prompt_ms. */
int at_chat_release(struct at_chat *c, int64_t now_ms);
int at_chat_withhold(struct at_chat *c, int64_t now_ms);

/* Something else has proved what became of the payload that is in the air: its answer is waited for no longer
 * than this. */
void at_chat_hurry(struct at_chat *c, int64_t now_ms, int ms);

/* Before the next command find step again, as after a time-out. For a port just opened: with ESC. */
void at_chat_resync(struct at_chat *c, int64_t now_ms);
/* The same where perhaps nobody is there yet: for once a marker each `every_ms`, and AT_DEAD only after `tries` of
 * them. */
void at_chat_probe(struct at_chat *c, int64_t now_ms, int every_ms, int tries);

/* Ends all commands as AT_CANCELLED and forgets bytes of both directions: the port is gone. */
void at_chat_abort(struct at_chat *c, int64_t now_ms);

void at_chat_feed(struct at_chat *c, int64_t now_ms, const char *bytes, size_t n);
void at_chat_tick(struct at_chat *c, int64_t now_ms);

/* When at_chat_tick wants to be called; INT64_MAX: nothing to wait for. Never in need of earlier calls. */
int64_t at_chat_deadline(const struct at_chat *c);

/* Bytes to write: *ret borrowed until the next call, 0 when none. at_chat_wrote tells how many were taken. */
size_t at_chat_output(const struct at_chat *c, const char **ret);
void at_chat_wrote(struct at_chat *c, int64_t now_ms, size_t n);

bool at_chat_idle(const struct at_chat *c);      /* nothing runs or waits */
size_t at_chat_waiting(const struct at_chat *c); /* commands, the running one included */
struct at_chat_stats at_chat_stats(const struct at_chat *c);
const char *at_final_name(enum at_final f);
