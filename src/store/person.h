/* The registry of people. A person has an id of its own, none or several telephone numbers, an address (people
 * at one address are a household), a language, consent with source and date, and any number of roles
 * (rules/intent.h). What a phone said about itself (opt-out, mute, unlinked) belongs to the phone, see phone.h;
 * here it is only read. */
#pragma once

#include "base/config.h"
#include "base/e164.h"
#include "rules/intent.h"
#include "store/store.h"

#include <stdbool.h>
#include <stdint.h>

#define PERSON_NUMBERS     8  /* phones of one person */
#define PERSONS_PER_NUMBER 4  /* people who share one phone; further ones are not looked at */
#define GRID_CODE_MAX      32 /* bytes with NUL */

struct person {
	int64_t id; /* 0: nobody */
	int64_t household;
	char name[INTENT_SHORT_MAX];
	char grid[GRID_CODE_MAX], building[16], unit[16], room[16]; /* "" when unknown */
	unsigned roles;                                             /* ROLE() bits; none counts as a resident */
	bool has_language;                                          /* false: the box's */
	enum language language;
	bool consent;          /* given: broadcasts may go there */
	bool confirmed;        /* false: registered by text, and no secretary has looked yet */
	char number[E164_MAX]; /* the phone that texts go to, "" when there is none */
	int64_t created_utc, changed_utc;
};

/* People behind a phone, at most PERSONS_PER_NUMBER, the longest known first. The count, or -errno. A number
 * that was unlinked ("wrong number") still answers; phone.h says so. */
int persons_of_number(struct store *s, const char *number, struct person ret[PERSONS_PER_NUMBER]);
/* 0, or -ENOENT (also for a forgotten one). */
int person_get(struct store *s, int64_t id, struct person *ret);

/* People with one of `roles` whose grid is `grid` or one above it (nearest grid first, then by id); grid "" or
 * NULL: wherever they are. Only those with a phone that can be texted. At most `max`. The count, or -errno. */
int persons_with_role(struct store *s, unsigned roles, const char *grid, struct person *ret, int max);

/* What is to be written; NULL and false mean "leave as it is" (or empty in a new person). Borrowed strings. */
struct person_change {
	const char *name, *grid, *building, *unit, *room;
	const char *language; /* "zh", "en", "" = the box's */
	bool set_roles;
	unsigned roles;
	const char *expertise;      /* of an expert: "law", "health", "law health", "" */
	const char *consent_source; /* "" withdraws */
	int64_t consent_utc;        /* when it was given; 0 or in the future: now */
	int confirmed;              /* 0: leave, 1: yes, −1: no */
	int verify;                 /* may be asked about a neighbour's trouble: 0: leave, 1: yes, −1: no */
	const char
	    *numbers[PERSON_NUMBERS]; /* E.164, of person_number_kind e164_is_person; [0] is where texts go */
	int number_count;             /* 0: leave as they are */
};

/* Writes a new person and the phones. Inside the caller's transaction. 0, or -EINVAL: the grid is unknown. */
int person_add(struct store *s, const struct person_change *ch, int64_t now_utc, int64_t *ret_id);
/* -ENOENT no such person, -EINVAL the grid is unknown. Inside the caller's transaction. */
int person_edit(struct store *s, int64_t id, const struct person_change *ch, int64_t now_utc);

/* What a line of a list brought about. A crowded number has PERSONS_PER_NUMBER owners already: nothing was written. */
enum person_imported { PERSON_ADDED, PERSON_UPDATED, PERSON_UNCHANGED, PERSON_CROWDED };

/* Fields of a person, as bits. */
enum person_field {
	PERSON_NAME = 1,
	PERSON_GRID = 2,
	PERSON_BUILDING = 4,
	PERSON_UNIT = 8,
	PERSON_ROOM = 16,
	PERSON_ROLES = 32,
	PERSON_LANGUAGE = 64,
	PERSON_CONSENT = 128,
	PERSON_EXPERTISE = 256,
	PERSON_VERIFY = 512,
	PERSON_PHONES = 1024,
	PERSON_CONFIRMED = 2048,
};

struct person_result {
	enum person_imported what;
	int64_t id;
	unsigned changed;     /* enum person_field that were written */
	unsigned contrary;    /* … that differ and were not, because of `only_fill` */
	struct person before; /* as it was; of a new one id 0 */
	bool consent;         /* afterwards */
	bool shared;          /* somebody else has one of the numbers, too */
};

/* One line of a list that is imported: the person with the same name behind one of the numbers is updated, an
 * unnamed one takes the name, otherwise one is added; without a number the same name at the same address is meant. What the
 * line leaves empty stays as it is; consent that was given earlier keeps its source and date; consent_source "" withdraws
 * it. The same line twice changes nothing. A person for whom `only_fill` is true (the caller has
 * met it in an earlier line of the same list) gets what is missing, and nothing is overwritten. Inside the caller's transaction. 0, or
 * -EINVAL: the grid is unknown. */
int person_import(struct store *s, const struct person_change *ch,
		  bool (*only_fill)(void *user, int64_t person), void *user, int64_t now_utc,
		  struct person_result *ret);

/* Removes name, address, consent and links to phones; the row and its id stay, so that the journal holds.
 * Inside the caller's transaction. */
int person_forget(struct store *s, int64_t id, int64_t now_utc);
/* Erasure on request: that, and the texts, numbers and words of the phones that are nobody else's, in every table. What they took
 * part in stays counted, under "gone:ID". Inside the caller's transaction. */
int person_erase(struct store *s, int64_t id, int64_t now_utc);

/* Walking the registry. */
struct person_filter {
	const char *grid;  /* subtree, or NULL */
	unsigned roles;    /* any of them; 0 all */
	const char *text;  /* part of the name or of a number, or NULL */
	int consent;       /* 1 only with, −1 only without, 0 all */
	int64_t since_utc; /* changed since; INT64_MIN all */
	long limit;
	int64_t id; /* one person, 0 all */
};
struct person_view {
	struct person p;
	const char *numbers[PERSON_NUMBERS]; /* borrowed until the callback returns */
	int number_count;
	const char *opted_out; /* "no", "broadcasts", "all": the strictest of the phones */
	bool muted;
	const char *consent_source;
	int64_t consent_utc;                  /* 0 none */
	const char *unlinked[PERSON_NUMBERS]; /* those of the numbers that said "wrong number"; borrowed */
	int unlinked_count;
	int64_t unlinked_utc;  /* the latest, 0 none */
	const char *expertise; /* borrowed, "" for none */
	bool verify;           /* may be asked about a neighbour's trouble */
};
/* Calls back for each, in the order of ids; a callback's non-zero ends the walk and is returned. */
int person_list(struct store *s, const struct person_filter *f,
		int (*each)(void *user, const struct person_view *v), void *user);
