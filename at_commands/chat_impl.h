/* The inside of a chat, shared by chat.c (queue, timers, output), chat_prompt.c (prompt, gate, payload),
 * chat_line.c (whose is this line) and chat_resync.c (finding step again). Nobody else includes it. */
#pragma once

#include "at_commands/chat.h"

#define CHAT_PENDING 4 /* two-line codes whose PDU line is still to come */

enum chat_stage {
	CHAT_IDLE,
	CHAT_PROMPT,  /* the line is out, the payload waits for `>` */
	CHAT_GATE,    /* the prompt stands, the owner has not decided yet */
	CHAT_LEAVE,   /* the payload is withheld: ESC is out */
	CHAT_PAYLOAD, /* pdu_delay_ms before the payload */
	CHAT_CTRLZ,   /* ctrlz_delay_ms before Ctrl-Z */
	CHAT_RESULT,  /* waits for the final result */
	CHAT_GRACE,   /* the result line is here; its OK may still come */
	CHAT_ESCAPE,  /* resync: ESC CR is out */
	CHAT_MARK,    /* resync: a marker is out */
	CHAT_SETTLE,  /* resync: a final result came that may be anybody's; waits for silence */
};

enum chat_gate { GATE_OPEN, GATE_SHUT, GATE_WITHHELD };

struct chat_entry {
	struct at_command cmd;
	char *payload; /* owned */
	enum chat_gate gate;
	struct chat_entry *next;
};

struct chat_pending {
	char *line; /* owned header */
	int64_t deadline_ms;
	uint64_t seq;
	bool open; /* its quoted text goes on in the following lines (+CUSD) */
};

struct at_chat {
	struct at_chat_options opt;
	struct at_chat_events ev;
	struct at_framer framer;
	enum chat_stage stage;
	int64_t deadline_ms;  /* of the stage; INT64_MAX in IDLE */
	int64_t gap_until_ms; /* no new command before */
	struct buf out;
	struct chat_entry *head; /* waiting */
	struct chat_entry *now;  /* running; NULL in IDLE and in resync */
	size_t waiting;

	/* the running command */
	bool ctrlz_queued, payload_sent, truncated;
	bool echoed;          /* its line came back */
	int unechoed;         /* commands in a row whose line did not */
	int echo_withheld;    /* payloads kept back for that since one was answered */
	const char *withheld; /* why, in CHAT_LEAVE */
	int64_t limit_ms;     /* of the result, however much is said meanwhile; INT64_MAX none */
	int64_t silent_ms;    /* behind Ctrl-Z: nothing was heard by then */
	int64_t nudge_ms;     /* behind Ctrl-Z: is anybody there? INT64_MAX not asked */
	bool nudged;          /* asked: what is heard from now on may be the answer to that */
	int64_t ctrlz_ms;     /* when it went out */
	int usual_ms;         /* from Ctrl-Z to the result, of late; 0 not known */
	int64_t line_ms;      /* when its line was written */
	int prompt_usual_ms;  /* from there to the prompt, of late; 0 not known */
	int64_t air_until_ms; /* the last payload may be answered until then */
	struct buf text;      /* reply lines, each with its NUL */
	size_t count;
	char *aside;      /* an unsolicited line of the expected prefix: a reply when no better comes */
	bool header_open; /* a +CMGL: or +CMGR: header without its PDU line yet */
	int header_length;
	uint64_t header_seq, seq;

	struct chat_pending pending[CHAT_PENDING];
	int pending_count;

	/* resync */
	bool resync_wanted, resync_escape;
	bool resync_lazy; /* the modem is dead: only a waiting command tries again */
	int resync_try;
	int probe_ms, probe_tries; /* instead of the options', for this resync; 0 not so */
	int owed;                  /* markers written that are not answered yet, also by earlier resyncs */
	int64_t owed_until_ms;     /* after that nobody answers them any more */
	bool marker_line;          /* a marker's line is here, its final result is not */
	bool answered, heard;      /* in this resync: a marker whole; any final result */
	bool marker_known;         /* this modem has answered a marker once */
	int prompts;               /* prompts seen during this resync */
	const struct chat_marker *marker;
	/* the command whose answer may still come */
	char lost_prefixes[AT_PREFIXES_MAX];
	unsigned lost_flags;
	uint64_t lost_tag;
	int64_t lost_until_ms;
	int swallow; /* late result lines were seen outside a resync: so many final results are not for us */

	struct at_chat_stats stats;
	int depth;           /* inside callbacks of the owner */
	unsigned generation; /* changes with at_chat_abort */
};

/* chat.c */
void chat_put(struct at_chat *c, const char *bytes);
void chat_finish(struct at_chat *c, int64_t now_ms, enum at_final final, int code, const char *text,
		 bool no_final);
struct chat_entry *chat_pop(struct at_chat *c);
void chat_done_entry(struct at_chat *c, struct chat_entry *e, const struct at_reply *r); /* calls and frees */

/* chat_prompt.c */
void chat_await_prompt(struct at_chat *c, int64_t now_ms); /* its line is out */
void chat_prompt_seen(struct at_chat *c, int64_t now_ms);
void chat_prompt_due(struct at_chat *c, int64_t now_ms);   /* the deadline of PAYLOAD, CTRLZ, GATE or LEAVE */
void chat_await_result(struct at_chat *c, int64_t now_ms); /* the last byte of the request is out */
void chat_heard(struct at_chat *c, int64_t now_ms);        /* bytes came */
void chat_result_due(struct at_chat *c, int64_t now_ms);   /* the deadline of RESULT */
void chat_landed(struct at_chat *c, int64_t now_ms);       /* a payload's result is here */
void chat_echo(struct at_chat *c, int64_t now_ms, const char *line);
void chat_result_line(struct at_chat *c, int64_t now_ms); /* an expected line came: grace begins */
bool chat_before_payload(const struct at_chat *c);        /* the result line cannot come yet */

/* chat_line.c */
bool chat_prefix_in(const char *prefixes, const char *line);
bool chat_same_words(const char *a, const char *b); /* but for blanks */
bool chat_line_is_final(const struct at_chat *c, const char *line);
void chat_line(struct at_chat *c, int64_t now_ms, const char *line);
void chat_flush_pending(struct at_chat *c, int64_t now_ms); /* hands out codes whose PDU line is overdue */
void chat_drop_pending(struct at_chat *c);
/* true: it was a code, or a code's PDU */
bool chat_unasked(struct at_chat *c, int64_t now_ms, const char *line);
void chat_late(struct at_chat *c, const char *line);
void chat_note_header(struct at_chat *c, const char *line); /* of a listing: a PDU line follows */

/* chat_resync.c */
bool chat_resyncing(const struct at_chat *c);
int64_t chat_marker_deadline(const struct at_chat *c, int64_t now_ms);
void chat_put_marker(struct at_chat *c, int64_t now_ms);
bool chat_is_marker_echo(const char *line);
void chat_resync_start(struct at_chat *c, int64_t now_ms);
void chat_resync_line(struct at_chat *c, int64_t now_ms, const char *line);
void chat_resync_prompt(struct at_chat *c, int64_t now_ms);
bool chat_resync_owed(struct at_chat *c, int64_t now_ms, const char *line); /* a late marker's line */
void chat_resync_due(struct at_chat *c, int64_t now_ms);
