/* For anonymise*.c alone: what stands in the place of a number, a character, a PDU. All of it in place. A trace is gone through
 * twice: what stands for one number may be none of the others, so the first time they are only noted. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define ANONYMOUS_RUN 6 /* fewer digits tell nothing of a person */

struct anonymous {
	char **key, **fake; /* owned */
	int count;
	bool collecting; /* the first time through: nothing is changed */
};

/* All numbers were noted: from here on they are replaced. */
void anonymous_collected(struct anonymous *a);
void anonymous_done(struct anonymous *a);

/* `n` digits (or hex digits) of one number; all numbers among other characters. */
void anonymous_digits(struct anonymous *a, char *digits, size_t n);
void anonymous_digit_runs(struct anonymous *a, char *s, size_t n);
/* One UTF-16 unit of a text → its stand-in. */
uint16_t anonymous_unit(uint16_t unit);
/* UTF-8: a character of as many bytes; `letters`: ASCII too. */
void anonymous_text(struct anonymous *a, char *s, size_t n, bool letters);
/* "002B00380036…": hex of UCS-2, and nothing but characters. */
bool anonymous_is_ucs2(const char *s, size_t n);
void anonymous_ucs2(struct anonymous *a, char *s, size_t n);

/* ---- anonymise_pdu.c */
/* `hex` (n characters) of a PDU as modems print it; what does not decode becomes zeros. */
void anonymous_pdu(struct anonymous *a, char *hex, size_t n);
/* Hex of USSD as the octets on the air. */
void anonymous_packed(const struct anonymous *a, char *s, size_t n);
