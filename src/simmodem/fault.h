/* What can be made to go wrong, as one table: the control socket, --fault and --help all read it. A fault is
 * armed for a number of occasions (or for good), and every occasion that it spoils is counted. It may be armed
 * to strike only after some more texts went out, so that it hits the middle of a burst. */
#pragma once

#include "base/buf.h"

#include <stdbool.h>
#include <stdint.h>

enum fault_kind {
	FAULT_SWITCH, /* on or off */
	FAULT_COUNT,  /* spoils the next `value` occasions; −1: all of them */
	FAULT_VALUE, /* a number or text, for `count` occasions (−1, for good, unless the row says otherwise) */
	FAULT_ACTION, /* happens at once */
};

/* X(identifier, "name", kind, "what happens") */
#define FAULTS(X)                                                                                              \
	/* the line */                                                                                         \
	X(BYTEWISE, "bytewise", FAULT_VALUE, "answers come in pieces of N bytes")                              \
	X(CHAR_MS, "char_ms", FAULT_VALUE, "N ms between the pieces of bytewise (default 0)")                  \
	X(CRCRLF, "crcrlf", FAULT_SWITCH, "lines end with CR CR LF")                                           \
	X(LF_ONLY, "lf_only", FAULT_SWITCH, "lines end with LF alone")                                         \
	X(URC_INSIDE, "urc_inside", FAULT_VALUE, "the line TEXT comes after the first line of each answer")    \
	X(URC_HOLD, "urc_hold", FAULT_SWITCH, "URCs wait for the next answer and come inside it")              \
	X(URC_ELSEWHERE, "urc_elsewhere", FAULT_SWITCH,                                                        \
	  "URCs go to another port until the maker's command for it brings them here")                         \
	X(LOSE_BYTE, "lose_byte", FAULT_COUNT, "one byte of an answer is lost")                                \
	X(DUPLICATE_LINE, "duplicate_line", FAULT_COUNT, "the first line of an answer comes twice")            \
	X(GARBAGE, "garbage", FAULT_COUNT, "noise bytes come before an answer")                                \
	X(FLOOD, "flood", FAULT_ACTION, "N KiB of noise without a line end")                                   \
	X(NOISE, "noise", FAULT_VALUE, "an unknown line comes every N ms")                                     \
	X(PROMPT_BARE, "prompt_bare", FAULT_SWITCH, "the prompt is > without blank")                           \
	X(NO_PROMPT, "no_prompt", FAULT_COUNT, "the prompt does not come, nor anything else")                  \
	X(PROMPT_ERROR, "prompt_error", FAULT_COUNT, "ERROR instead of the prompt")                            \
	X(PROMPT_STUCK, "prompt_stuck", FAULT_ACTION,                                                          \
	  "it sits at a prompt that nobody asked for: only ESC helps")                                         \
	X(ECHO_PDU, "echo_pdu", FAULT_SWITCH, "what is typed at the prompt is echoed, even after ATE0")        \
	X(LATE, "late", FAULT_VALUE, "answers come N ms late")                                                 \
	X(SLOW, "slow", FAULT_VALUE, "the command TEXT (as +CMGD) takes N ms")                                 \
	X(HANG, "hang", FAULT_ACTION, "hears and says nothing for N ms")                                       \
	X(REFUSE, "refuse", FAULT_VALUE, "the command TEXT (as +CNMI) is answered with ERROR")                 \
	X(TEXT_ERRORS, "text_errors", FAULT_SWITCH, "errors are words, whatever +CMEE says")                   \
	X(BARE_ERRORS, "bare_errors", FAULT_SWITCH, "every error is a bare ERROR")                             \
	/* power */                                                                                            \
	X(SELF_RESET, "self_reset", FAULT_ACTION,                                                              \
	  "settings fall back (echo, text mode, +CPMS, +CNMI), the port stays, nothing is said")               \
	X(CRASH, "crash", FAULT_ACTION,                                                                        \
	  "it starts anew: silent for N ms, settings fall back, then boot lines (TEXT silent: none); the "     \
	  "port stays")                                                                                        \
	X(BOOT_MS, "boot_ms", FAULT_VALUE, "it hears nothing for N ms after every start")                      \
	X(TEXT_MODE, "text_mode", FAULT_ACTION, "+CMGF falls back to 1")                                       \
	X(REPLUG, "replug", FAULT_ACTION,                                                                      \
	  "the port vanishes for N ms, the modem restarts; TEXT: new name of the port")                        \
	X(BROWNOUT, "brownout", FAULT_COUNT, "the port vanishes when a text is typed; it did not go out")      \
	X(BROWNOUT_SENT, "brownout_sent", FAULT_COUNT, "the port vanishes instead of +CMGS: n; it went out")   \
	X(CFUN_LIMIT, "cfun_limit", FAULT_VALUE, "after N more restarts and +CFUN the flash is worn: dead")    \
	/* sending */                                                                                          \
	X(CMS, "cms", FAULT_VALUE, "+CMGS is refused with +CMS ERROR: N (one time unless a count is given)")   \
	X(ERROR_SENT, "error_sent", FAULT_COUNT, "+CMGS says ERROR although the message went out")             \
	X(ERROR_UNSENT, "error_unsent", FAULT_COUNT, "+CMGS says ERROR, and it did not go out")                \
	X(NO_OK, "no_ok", FAULT_COUNT, "+CMGS: n comes without OK")                                            \
	X(SILENT_SENT, "silent_sent", FAULT_COUNT, "no answer to +CMGS although the message went out")         \
	X(SILENT_UNSENT, "silent_unsent", FAULT_COUNT, "no answer to +CMGS, and it did not go out")            \
	X(DETACH, "detach", FAULT_COUNT, "+CGEV: NW DETACH instead of an answer to +CMGS; it did not go out")  \
	X(MR, "mr", FAULT_ACTION, "the next message reference is N")                                           \
	X(MR_STUCK, "mr_stuck", FAULT_SWITCH, "the message reference is always the same")                      \
	/* network and SIM */                                                                                  \
	X(REGISTRATION, "registration", FAULT_VALUE, "+CREG status is N (0 2 3 4 5 6 8 11; 1 is home)")        \
	X(CREG, "creg", FAULT_VALUE, "+CREG says N whatever +CEREG says")                                      \
	X(CEREG, "cereg", FAULT_VALUE, "+CEREG and +CGREG say N whatever +CREG says")                          \
	X(REG_FORM, "reg_form", FAULT_VALUE, "+CREG? and its kin are answered in the odd form N (1-8)")        \
	X(FLAPS, "flaps", FAULT_VALUE, "the network is lost and found again every N ms")                       \
	X(DEAF, "deaf", FAULT_SWITCH, "registered, but nothing arrives until +COPS=, +CFUN or a restart")      \
	X(SIGNAL, "signal", FAULT_VALUE, "+CSQ says N (0-31, 99)")                                             \
	X(PIN, "pin", FAULT_ACTION, "the SIM says TEXT: READY, SIM PIN, SIM PUK, NOT INSERTED, PH-NET PIN")    \
	X(SIM_LOST, "sim_lost", FAULT_ACTION, "the SIM has no contact for N ms")                               \
	X(SMSC_EMPTY, "smsc_empty", FAULT_SWITCH, "no service centre number: +CSCA is empty, +CMGS says 330")  \
	X(SMSC_WRONG, "smsc_wrong", FAULT_SWITCH, "another service centre number: +CMGS says 38 until +CSCA=") \
	X(NO_TIME, "no_time", FAULT_SWITCH, "+CCLK? says 1980")                                                \
	X(TIME_OFF, "time_off", FAULT_VALUE, "the network's time is N seconds ahead (or behind)")              \
	X(USSD, "ussd", FAULT_VALUE, "codes end as TEXT says: refused, busy, timeout, silent, garbled")        \
	/* stores and what arrives */                                                                          \
	X(LOSE_CMTI, "lose_cmti", FAULT_COUNT, "+CMTI, +CDSI are lost")                                        \
	X(WRONG_MEMORY, "wrong_memory", FAULT_SWITCH,                                                          \
	  "messages go to another store than +CPMS says, +CMTI names it")                                      \
	X(STORE_FULL, "store_full", FAULT_SWITCH, "no store takes another message")                            \
	X(SHORT_PDU, "short_pdu", FAULT_COUNT, "+CMGR, +CMGL give fewer octets than they say")                 \
	X(NO_PDU, "no_pdu", FAULT_COUNT, "+CMGR, +CMGL give the header of a message without its PDU")          \
	X(DELETE_FAILS, "delete_fails", FAULT_COUNT, "+CMGD is refused with +CMS ERROR: 320")                  \
	X(DELETE_LIES, "delete_lies", FAULT_COUNT, "+CMGD says OK and deletes nothing")                        \
	X(INDEX_SHIFTS, "index_shifts", FAULT_SWITCH, "what lies behind a deleted message moves up")           \
	X(CMGL_HANGS, "cmgl_hangs", FAULT_COUNT, "+CMGL never ends")                                           \
	X(DUPLICATE, "duplicate", FAULT_COUNT, "a message from the network comes twice")                       \
	X(ACK_LATE, "ack_late", FAULT_COUNT, "+CNMA comes too late for the network, which sends again")        \
	X(NO_SMS, "no_sms", FAULT_SWITCH, "firmware without SMS: +CMGF and all after it are refused")          \
	/* status reports */                                                                                   \
	X(REPORT_NONE, "report_none", FAULT_COUNT, "a wished status report never comes (−1: none at all)")     \
	X(REPORT_FIRST, "report_first", FAULT_COUNT, "the status report comes before +CMGS: n")                \
	X(REPORT_LATE, "report_late", FAULT_VALUE, "status reports come N ms late")                            \
	X(REPORT_STATUS, "report_status", FAULT_VALUE,                                                         \
	  "TP-Status of reports (0 delivered, 48 trying, 70 expired …)")                                       \
	X(REPORT_TRYING, "report_trying", FAULT_COUNT, "a report `still trying` comes before the real one")    \
	X(REPORT_TWICE, "report_twice", FAULT_COUNT, "a status report comes twice")                            \
	X(REPORT_NUMBER, "report_number", FAULT_SWITCH, "reports name the number without its country code")    \
	X(REPORT_STORE, "report_store", FAULT_VALUE, "stored reports lie in the store TEXT (SR, SM, ME)")      \
	/* calls */                                                                                            \
	X(NO_CLIP, "no_clip", FAULT_SWITCH, "RING comes without +CLIP")                                        \
	X(CLIP_LATE, "clip_late", FAULT_VALUE, "+CLIP comes only after N rings")                               \
	X(CLIP_FORM, "clip_form", FAULT_VALUE, "+CLIP in the odd form N (1-4)")                                \
	X(NO_END, "no_end", FAULT_SWITCH, "the end of a call is not said")

enum fault_id {
#define X(id, name, kind, what) F_##id,
	FAULTS(X)
#undef X
	    FAULT_ID_COUNT
};

struct fault {
	int64_t value;
	char text[80];
	int64_t left;   /* occasions that will be spoilt; −1: all; 0: off */
	int64_t spoilt; /* occasions so far */
	int64_t after;  /* texts that still go out before it is armed */
	int64_t count;  /* how it is armed then */
};

struct fault_info {
	const char *name;
	enum fault_kind kind;
	const char *what;
};
extern const struct fault_info fault_infos[FAULT_ID_COUNT];

int fault_find(const char *name); /* the identifier, or −1 */

/* Arms a fault: `value` and `text` (may be NULL) as given, `count` occasions (0: what its kind takes by
 * default). A switch or count of value 0 is off. */
void fault_set(struct fault *f, enum fault_id id, int64_t value, const char *text, int64_t count);
/* The same after `after` more texts: fault_due tells when. */
void fault_set_after(struct fault *f, int64_t value, const char *text, int64_t count, int64_t after);
/* A text went out: true when the fault waited for it and is to be armed now with what it holds. */
bool fault_due(struct fault *f);

/* Is this occasion to be spoilt? Counts it if so. */
bool fault_take(struct fault *f);
/* The same without counting. */
bool fault_on(const struct fault *f);

/* The table for people. */
void fault_help(struct buf *out);
