/* Pieces of SQL that the registry and the audiences share. For this folder alone. */
#pragma once

#include "base/buf.h"
#include "store/store.h"

/* Can a text be sent there? Mobile numbers of China, and whatever other countries have (base/e164.h knows the
 * kinds). */
#define NUMBER_TEXTABLE(n) "(" n " GLOB '+861[3-9]*' OR (" n " GLOB '+*' AND " n " NOT GLOB '+86*'))"

/* The phone that a person's texts go to: the first that can be texted and was not unlinked. Those that were are a short
 * list, which SQLite would not choose by itself. */
#define PERSON_NUMBER                                                                                          \
	"(SELECT tp.number FROM person_phone tp WHERE tp.person = p.id AND " NUMBER_TEXTABLE(                  \
	    "tp.number") " AND NOT EXISTS (SELECT 1 FROM phone tf INDEXED BY phone_unlinked"                   \
			 " WHERE tf.number = tp.number AND tf.unlinked_utc IS NOT NULL)"                       \
			 " ORDER BY tp.position, tp.number LIMIT 1)"

/* Of person p joined with household h: 14 columns. */
#define PERSON_COLUMNS                                                                                         \
	"p.id, p.household, p.name, h.grid, h.building, h.unit, h.room, p.language, p.consent_source, "        \
	"p.confirmed,"                                                                                         \
	" p.created_utc, p.changed_utc, (SELECT group_concat(role, ' ') FROM person_role WHERE person = "      \
	"p.id), " PERSON_NUMBER

/* Codes of a grid and all below it. */
#define GRID_SUBTREE(code)                                                                                     \
	"(WITH RECURSIVE sub (code) AS (SELECT " code                                                          \
	" UNION SELECT g.code FROM grid g JOIN sub ON g.parent = sub.code) SELECT code FROM sub)"

/* ROLE() bits as a JSON array of names. */
void person_roles_json(unsigned roles, struct buf *b);

/* A phone of a person, known or not so far; an earlier one changes its place. */
int person_link(struct store *s, int64_t id, const char *number, int position);
