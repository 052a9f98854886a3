/* Messages in PDU mode: list, read, delete, submit, acknowledge. 3GPP TS 27.005 clause 3.4, 4. */
#pragma once

#include "at_commands/chat.h"
#include "at_commands/modem_row.h"

struct at_slot {
	int index;        /* −1: a PDU line without a header; where it lies is not known */
	int stat;         /* 0 unread, 1 read, 2 unsent, 3 sent; −1 not said */
	int length;       /* stated octets of the TPDU, −1 not said */
	char *pdu;        /* owned; NULL: a header without PDU */
	bool text_mode;   /* its header is one of text mode (a state in words): nothing here is a PDU */
	bool length_lies; /* the hex has another length, or is no hex at all: read once more, then quarantine */
};
struct at_list {
	struct at_slot *slot; /* owned */
	int count;
};

struct at_command at_cmd_list(const struct modem_row *row);      /* +CMGL=4: all */
int at_read_list(const struct at_reply *r, struct at_list *ret); /* −ENODATA; an empty list is 0 */
void at_list_done(struct at_list *l);

struct at_command at_cmd_read(int index);
/* −ENOENT: the slot is empty (a bare OK, 321, "invalid memory index"); −ENODATA other errors. */
int at_read_slot(const struct at_reply *r, struct at_slot *ret);
void at_slot_done(struct at_slot *s);

struct at_command at_cmd_delete(int index);
/* The first of `count` slots that one line has room for, in this order; *ret_taken how many, at least one. */
struct at_command at_cmd_delete_many(const int *index, int count, int *ret_taken);
/* 0 also when there was nothing to delete. −ENODATA. */
int at_read_delete(const struct at_reply *r);

/* `hex` with its SMSC part; `length` octets of the TPDU. Borrowed until at_chat_submit. Gated: at_chat_release.
 * ask_format: in the same line the modem is asked whether it is in PDU mode; AT_WITHHELD when it is not, and an
 * error or OK in the place of the prompt when it does not take two commands in this line. */
struct at_command at_cmd_submit(const struct modem_row *row, const char *hex, int length, bool ask_format);

enum at_submitted {
	SUBMITTED,       /* the centre has it; mr is set */
	SUBMIT_REFUSED,  /* it has not: see modem_row_reply_class */
	SUBMIT_NOT_SENT, /* never left us: no prompt, dead modem, cancelled in time. Repeat at will */
	SUBMIT_UNKNOWN,  /* Ctrl-Z went out and no answer came: do not repeat blindly */
};
enum at_submitted at_read_submit(const struct at_reply *r, int *ret_mr); /* mr −1 when not said */
/* A line shown to `late`: whether it is the result of a submit after all. */
bool at_late_submit(const char *line, int *ret_mr);

struct at_command at_cmd_more(const struct modem_row *row, bool on); /* +CMMS */
/* Acknowledges a +CMT or +CDS by the row's form; false in *ret_wanted when the row wants none. Goes first in
 * the queue. */
struct at_command at_cmd_acknowledge(const struct modem_row *row, bool *ret_wanted);
