/* The settings that messages need: SIM, radio, format, service, stores, notification, service centre.
 * at_cmd_x builds a command (the caller adds done and user), at_read_x reads its reply: 0, −ENODATA when the
 * reply is no OK, −EBADMSG when it is an OK without the wanted line. */
#pragma once

#include "at_commands/chat.h"
#include "at_commands/fields.h"
#include "at_commands/modem_row.h"

/* Any command whose reply does not matter. 0: the usual 5 s. */
struct at_command at_cmd(const char *line, int timeout_ms);
struct at_command at_cmd_step(const struct modem_step *step); /* VERB_COMMAND */

enum pin_state {
	PIN_READY,
	PIN_PIN,
	PIN_PUK,
	PIN_PIN2,
	PIN_PUK2,
	PIN_LOCKED, /* to an operator or a phone */
	PIN_NOT_READY,
	PIN_ABSENT,
	PIN_FAILED,
	PIN_UNKNOWN
};
struct at_command at_cmd_pin_query(const struct modem_row *row);
/* Reads errors too: CME 10 is ABSENT, 11 PIN, 14 NOT_READY … A bare OK is READY. */
enum pin_state at_read_pin(const struct at_reply *r);
enum pin_state at_pin_state(const char *text); /* of "+CPIN: …" or what follows it */
/* The row's question how many tries are left, and what it says of the PIN: −1 nothing that is understood. */
struct at_command at_cmd_pin_tries(const struct modem_row *row);
int at_read_pin_tries(const struct modem_row *row, const struct at_reply *r);
struct at_command at_cmd_pin_enter(const char *pin);

struct at_command at_cmd_radio_query(void);
int at_read_radio(const struct at_reply *r, int *ret_fun);

struct at_command at_cmd_format_query(void);
int at_read_format(const struct at_reply *r, int *ret_mode); /* 0 PDU, 1 text */
struct at_command at_cmd_format_pdu(void);
struct at_command at_cmd_service_query(void);
int at_read_service(const struct at_reply *r, int *ret_service);
struct at_command at_cmd_service(const struct modem_row *row); /* +CSMS=<row.csms> */

/* +CPMS */
struct at_stores {
	char name[3][12];      /* "" not said */
	int used[3], total[3]; /* −1 not said */
	int count;             /* memories that the reply spoke of */
};
struct at_command at_cmd_stores_options(void);
int at_read_stores_options(const struct at_reply *r, struct at_sets *ret);
struct at_command at_cmd_stores_query(void);
int at_read_stores(const struct at_reply *r, struct at_stores *ret); /* of the query and of the setting */
/* All memories the same (a +CMTI may name another than +CPMS reads): the row's preference that `options` has;
 * `skip` is how many of those to pass over, for the next one after a refusal or a capacity of 0. −ENOENT: none
 * left. */
int at_choose_store(const struct modem_row *row, const struct at_sets *options, int skip, char out[12]);
bool at_stores_are(const struct modem_row *row, const struct at_stores *s, const char *name);
struct at_command at_cmd_stores_set(const struct modem_row *row, const char *name);
/* A set of the memory that is read from, alone: to honour the name in a +CMTI. */
struct at_command at_cmd_store_read_from(const char *name);

/* +CNMI */
struct at_command at_cmd_notify_options(void);
int at_read_notify_options(const struct at_reply *r, struct at_sets *ret);
/* Index of the first candidate ≥ `from` that `options` allows (NULL: allows all), −ENOENT: none. A value that
 * is advertised may still be refused: go on with index + 1, and without options when none was taken. */
int at_choose_notify(const struct modem_row *row, const struct at_sets *options, int from);
struct at_command at_cmd_notify_set(const struct modem_row *row, int candidate);
struct at_command at_cmd_notify_query(void);
int at_read_notify(const struct at_reply *r, int ret[5]); /* −1 not said */
bool at_notify_is(const struct modem_row *row, int candidate, const int now[5]);

/* +CSCA, in plain digits or UCS-2 hex. −EBADMSG also for an empty one. */
struct at_command at_cmd_smsc_query(void);
int at_read_smsc(const struct at_reply *r, char number[AT_NUMBER_MAX], int *ret_type);
bool at_smsc_is(const char *a, const char *b); /* with + or without it */
struct at_command at_cmd_smsc_set(const char *number);
