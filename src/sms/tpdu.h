/* Short message transfer layer TPDUs, 3GPP TS 23.040 clause 9.2, both directions. Pure.
 * Every decoder is bounded: a length that lies is -EBADMSG with a sentence, never a read past the end. */
#pragma once

#include "base/err.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define TPDU_MAX       188 /* SMSC part (12) and the longest TPDU, a STATUS-REPORT with user data, octets */
#define TPDU_UD_MAX    140
#define TPDU_ADDR_MAX  24  /* UTF-8: "+8613800000000", or an alphanumeric sender */
#define TPDU_UNITS_MAX 160 /* UTF-16 units of one part's text: never more than its septets */

enum tpdu_type { TPDU_DELIVER, TPDU_SUBMIT, TPDU_STATUS_REPORT };
enum sms_alphabet { SMS_GSM7, SMS_8BIT, SMS_UCS2 };

struct tpdu_time {
	bool valid; /* false: digits out of range; `octets` keeps what was there */
	int64_t utc;
	int zone_minutes; /* as sent, −12 h … +14 h in quarter hours */
	uint8_t octets[7];
};

enum tpdu_vp { VP_NONE, VP_RELATIVE, VP_ENHANCED, VP_ABSOLUTE };

struct tpdu {
	enum tpdu_type type;
	char smsc[TPDU_ADDR_MAX];   /* "" when absent */
	char number[TPDU_ADDR_MAX]; /* originator, destination or recipient; international ones begin with + */
	uint8_t number_type;        /* TON/NPI octet, TS 23.040 9.1.2.5 */
	bool alphanumeric;
	uint8_t first_octet, pid, dcs, mr, st;
	bool more_messages, report_requested, reply_path, udhi, reject_duplicates, loop_prevention;
	bool has_pi; /* a status report's TP-PI; which of pid, dcs and user data follow is seen from them */
	enum sms_alphabet alphabet; /* of the user data, TS 23.038 clause 4 */
	bool compressed;
	int message_class; /* 0 … 3, −1 none */
	int waiting;       /* message waiting indication type 0 … 3, −1 none */
	bool waiting_active, waiting_store, auto_delete; /* see dcs.h */
	struct tpdu_time scts, done;                     /* done: discharge time of a status report */
	enum tpdu_vp vp;
	int64_t validity_minutes; /* VP_RELATIVE; VP_ENHANCED (seconds are rounded up; 0: it states none) */
	bool single_shot;         /* VP_ENHANCED: the service centre tries only once */
	uint8_t vp_octets[7];     /* VP_ENHANCED as it came, and as it is encoded */
	struct tpdu_time validity_time; /* VP_ABSOLUTE */
	/* user data header */
	uint8_t udh[TPDU_UD_MAX]; /* without UDHL; unknown elements stay in here */
	size_t udh_len;
	int concat_ref, concat_bits, part, parts; /* concat_ref −1: not concatenated; bits 8 or 16 */
	int port_dest, port_src;                  /* −1: none */
	uint8_t lang_single, lang_locking;        /* national language identifiers, TS 23.038 A.1; 0 none */
	/* the payload: UTF-16 (a surrogate pair may be cut by the part's end) or octets */
	uint16_t units[TPDU_UNITS_MAX];
	size_t unit_count;
	uint8_t data[TPDU_UD_MAX];
	size_t data_len;
	bool has_user_data;
};

/* Which way an ambiguous TP-MTI went (9.2.3.1): 00 and 10 are DELIVER and STATUS-REPORT when incoming; outgoing
 * they are reports and commands, which no modem lists, and are refused. 01 is a SUBMIT in either case, since
 * SUBMIT-REPORTs are never shown; 11, reserved, is read as a DELIVER when incoming, as the clause wants. */
enum tpdu_direction { TPDU_INCOMING, TPDU_OUTGOING };

/* All fields empty: no class, no concatenation, no ports. */
void tpdu_init(struct tpdu *t, enum tpdu_type type);

/* Decodes the hex of +CMGL / +CMGR / +CMT / +CDS (`with_smsc`: the SMSC part stands in front). `stated_len` is
 * the TPDU length of the header line, −1 when unknown. 0, or −EBADMSG with the reason in `e`. */
int tpdu_decode_hex(const char *hex, bool with_smsc, enum tpdu_direction direction, int stated_len,
		    struct tpdu *ret, struct err *e);
int tpdu_decode(const uint8_t *pdu, size_t len, bool with_smsc, enum tpdu_direction direction, int stated_len,
		struct tpdu *ret, struct err *e);

/* The user data's text of this part alone: a pair cut by the part's end becomes U+FFFD. The caller frees. */
char *tpdu_text(const struct tpdu *t);

/* Takes UTF-8 into units and sets alphabet and dcs: the default alphabet when it has every character, else
 * UCS-2 (a class in dcs is dropped). −E2BIG when one part cannot hold it; compose.h cuts. */
int tpdu_set_text(struct tpdu *t, const char *utf8);

/* Encodes `t` (for the types' own fields) into upper-case hex with an SMSC part; `hex` ≥ 2 * TPDU_MAX + 1
 * bytes. User data is made from alphabet, units or data, and udh as it stands (udh_encode makes it from the
 * fields); `dcs` is written as it stands and must be of that alphabet; number_type 0 is chosen from the number.
 * *ret_len is what AT+CMGS=<length> wants: octets of the TPDU without the SMSC part. −EINVAL when it cannot be
 * said. */
int tpdu_encode_hex(const struct tpdu *t, char *hex, int *ret_len);

/* Joined UTF-16 → UTF-8 once all parts are there: a lone surrogate and U+0000 become U+FFFD. The caller frees.
 */
char *sms_utf8(const uint16_t *units, size_t count);
