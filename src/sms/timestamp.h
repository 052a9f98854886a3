/* Time stamps and validity periods, 3GPP TS 23.040 clauses 9.2.3.11 and 9.2.3.12. */
#pragma once

#include "sms/tpdu.h"

/* Seven semi-octet pairs YY MM DD hh mm ss zz. Years 90 … 99 are of the last century. Never fails: `valid`
 * tells. */
void timestamp_decode(const uint8_t octets[7], struct tpdu_time *ret);
/* From utc and zone_minutes (rounded to quarter hours); −EINVAL outside 1990 … 2089. Fills octets and valid. */
int timestamp_encode(struct tpdu_time *t);
/* "2026-11-20T15:00:00+08:00" with the stamp's own offset; "" when it is not valid. `buf` ≥ 32 bytes; returns
 * buf. */
char *timestamp_format(const struct tpdu_time *t, char *buf);

/* TP-VP relative ↔ minutes. Encoding rounds down to what can be said, at least 5 minutes. */
int64_t validity_relative_decode(uint8_t vp);
uint8_t validity_relative_encode(int64_t minutes);

/* TP-VP enhanced (seven octets) → minutes, seconds rounded up; 0: none is stated. −EBADMSG for reserved forms.
 */
int validity_enhanced_decode(const uint8_t octets[7], int64_t *ret_minutes, bool *ret_single_shot);
