/* Certificates: what acceptance tests of lines found, for the file and for whoever comes next year. Bounded: the newest
 * CERTIFICATE_MAX stay. */
#pragma once

#include "store/store.h"

#define CERTIFICATE_MAX 500

struct certificate {
	int64_t id, utc;
	int64_t seconds;          /* the test took */
	const char *line;         /* name of the modem; the port, when it stands in no configuration */
	const char *imei, *iccid; /* "" not known */
	const char *verdict;      /* "pass", "warn", "fail" */
	const char *actor, *body; /* as in the schema */
};

/* Adds one, with its event modem.tested whose `failed` and `warned` name steps (blanks between them). *ret_id: its
 * number. Inside a transaction. */
int certificate_add(struct store *s, const struct certificate *c, const char *failed, const char *warned,
		    int64_t *ret_id);
/* Those since then, newest first, at most `limit`. Non-zero of the callback ends the walk. */
int certificate_each(struct store *s, int64_t since_utc, long limit,
		     int (*row)(void *ctx, const struct certificate *c), void *ctx);
/* One; 0 as its number: the newest. -ENOENT. */
int certificate_get(struct store *s, int64_t id, int (*row)(void *ctx, const struct certificate *c), void *ctx);
