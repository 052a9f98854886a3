/* The second person's yes to a large broadcast, by text: which broadcasts wait to be asked about, and the codes
 * that were texted. A code belongs to one phone and one broadcast; only a text from that phone counts. Writers
 * need a transaction. */
#pragma once

#include "civic/facts.h"
#include "store/broadcast.h"

/* Broadcasts that wait for approval, are still of use at `now` and were not asked about yet; with `urgent`
 * only those that may go into the quiet hours. The count, or -errno. */
int approval_due(struct store *s, int64_t now, bool urgent, int64_t *ret, int max);

/* A fresh code for this phone; an older one for the same broadcast no longer counts, and its text is cancelled
 * if it has not left. -EEXIST: another code of this phone is the same, draw again. */
int approval_open(struct store *s, int64_t broadcast, const char *number, const char *code, int64_t now,
		  int64_t expires_utc);
/* Which text tells it. */
int approval_texted(struct store *s, int64_t broadcast, const char *number, int64_t message);
/* Everybody who can be asked was asked. */
int approval_asked(struct store *s, int64_t broadcast, int64_t now);
/* Fresh codes are wanted: approval_due() finds it again. -ENOENT, or -EPERM when it does not wait. */
int approval_ask_again(struct store *s, int64_t broadcast, const struct actor *by, int64_t now);

/* How this code, texted by this phone, stands to what was asked of it; ret->broadcast 0: nothing was. `person`
 * is who texts: nobody approves what they asked for themselves. */
int approval_get(struct store *s, const char *number, int64_t person, const char *code, int64_t now,
		 struct approval_fact *ret);
/* Is a code open to this phone? 1, 0 or -errno. */
int approval_expected(struct store *s, const char *number, int64_t now);
/* A wrong code came: it counts against every code that is open to this phone. */
int approval_missed(struct store *s, const char *number, int64_t now);
