/* What the texts of health.h say, and the line that they had best leave by. Words: rules/replies.*, health.… */
#pragma once

#include "base/buf.h"

#include <stddef.h>
#include <stdint.h>

struct daemon;

/* The figures of the last seven days. Appends; -errno. */
int health_week_text(const struct daemon *d, int64_t now_utc, struct buf *out);

struct health_changes {
	int count;
	int64_t first_utc, upto_id;
	char line[64];   /* the first that one of them is about; "" none */
	struct buf text; /* owned: buf_done */
};
/* Notes that nobody was told of; -errno. */
int health_changes(const struct daemon *d, struct health_changes *ret);

/* The line with the best signal that sends now, if it can be another than `about` (NULL: any); "" when there is none. */
void health_line(const struct daemon *d, const char *about, char *ret, size_t size);

/* "3.2G", "812M". `ret` ≥ 24 bytes. */
char *health_size(int64_t bytes, char *ret);
