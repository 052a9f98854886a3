/* Registration, signal and operator: 3GPP TS 27.007 7.2, 8.5, 7.3, 10.1.22. */
#pragma once

#include "at_commands/chat.h"
#include "at_commands/modem_row.h"

struct at_registration {
	int mode;      /* <n>, −1 not said */
	int stat;      /* 1 home, 5 roaming, 6 7 SMS only … */
	int lac, cell; /* −1 not said */
	int act;       /* access technology, −1 */
};

struct at_command at_cmd_reg_report(const char *what, int mode); /* what: "CREG", "CEREG", "CGREG" */
struct at_command at_cmd_reg_query(const struct modem_row *row, const char *what);
int at_read_reg(const struct at_reply *r, struct at_registration *ret); /* −ENODATA, −EBADMSG */
/* One line, from the reply (`query`) or unsolicited; copes with broken quoting. −EBADMSG. */
int at_parse_reg(const char *line, bool query, struct at_registration *ret);
bool at_reg_usable(const struct modem_row *row, int stat);

#define SIGNAL_UNKNOWN 0 /* dBm are negative */
struct at_command at_cmd_signal(void);
int at_read_signal(const struct at_reply *r, int *ret_dbm);
int at_signal_dbm(const char *line); /* "+CSQ: 20,99" → −73 */

struct at_command at_cmd_operator(void);
int at_read_operator(const struct at_reply *r, char *name, size_t size, int *ret_act); /* act −1 not said */
struct at_command at_cmd_operator_auto(void); /* AT+COPS=0: registers anew */
const char *at_technology(int act);           /* "GSM" "UMTS" "LTE" "NR"; "" unknown */

/* How strong: "none" "very weak" "weak" "fair" "good" "strong"; "" unknown. */
const char *at_signal_word(int dbm);

/* AT+CEER: why the last registration, call or service failed. `words`: what the modem says; *ret_cause: the number of
 * 3GPP TS 24.008 10.5.3.6 / 24.301 9.9.3.9 when it says one, −1. −ENODATA, −EBADMSG. */
struct at_command at_cmd_cause(void);
int at_read_cause(const struct at_reply *r, char *words, size_t size, int *ret_cause);
