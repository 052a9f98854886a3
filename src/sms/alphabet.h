/* The 7-bit alphabets of 3GPP TS 23.038 (clause 6.2.1 and annex A) and the packing of septets (clause 6.1.2.1).
 *
 * A text in this alphabet is read with one locking table (the basic set) and one single shift table (reached by
 * the escape 1Bh). Tables are named by their national language identifier, TS 23.038 6.2.1.2.4: 0 is the
 * default, 1 Turkish, 2 Spanish (single shift alone), 3 Portuguese, 4 Bengali, 5 Gujarati, 6 Hindi, 7 Kannada,
 * 8 Malayalam, 9 Oriya, 10 Punjabi, 11 Tamil, 12 Telugu, 13 Urdu. An identifier without a table reads as the
 * default, as the clause wants. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define GSM_ESCAPE    0x1B
#define GSM_LANGUAGES 14 /* identifiers 0 … 13 */

/* The tables: 128 UTF-16 units, 0 where the standard leaves a position empty. NULL: no such table. */
const uint16_t *gsm_locking_table(unsigned language);
const uint16_t *gsm_single_table(unsigned language);

/* "tr" "es" "pt" "bn" "gu" "hi" "kn" "ml" "or" "pa" "ta" "te" "ur" → its identifier; −1 when unknown. */
int gsm_language_find(const char *code, size_t len);

/* Septets → UTF-16; never longer than the input. Returns the count. An escape to an empty position shows the
 * locking table's character, a second escape or one at the very end a space (6.2.1, 6.2.1.1); empty positions
 * are spaces. */
size_t gsm_decode(const uint8_t *septets, size_t count, unsigned locking, unsigned single, uint16_t *ret);

/* One UTF-16 unit → one or two septets in `ret`. The count, 0 when neither table has it. */
int gsm_encode_unit(uint16_t unit, unsigned locking, unsigned single, uint8_t ret[2]);

/* Septets ↔ octets, the first septet beginning at bit `from_bit` of `octets` (the fill bits after a header).
 * gsm_pack clears and writes only bits from there on. The caller sees to it that the octets are there. */
void gsm_pack(const uint8_t *septets, size_t count, uint8_t *octets, size_t from_bit);
void gsm_unpack(const uint8_t *octets, size_t from_bit, size_t count, uint8_t *ret_septets);
