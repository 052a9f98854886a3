/* What happened to the box that no alarm tells: notes for the next text to the installers, and who stands in each line. */
#pragma once

#include "store/store.h"

#define BOX_NOTES_MAX 200 /* kept; the newest */

struct box_note {
	int64_t id, utc;
	const char *kind, *line, *detail; /* borrowed until the callback returns; line, detail: "" none */
};
/* A note that nobody was told of yet stands for all of its kind and line. With its event box.noted. Inside or outside a
 * transaction. */
int box_note_add(struct store *s, const char *kind, const char *line, const char *detail, int64_t now_utc);
/* Those nobody was told of, the oldest first. Non-zero ends the walk. */
int box_note_untold(struct store *s, int (*row)(void *ctx, const struct box_note *n), void *ctx);
/* They were told. */
int box_note_told(struct store *s, int64_t upto_id, int64_t now_utc);

/* Who stands in a line, as far as is known ("" is not known and changes nothing). Notes "modem", "sim" and "firmware" when
 * it is another one than before; the first time is no news. In a transaction of its own, and mostly none. */
struct line_identity {
	const char *line, *imei, *iccid, *firmware;
};
int line_identity_meet(struct store *s, const struct line_identity *is, int64_t now_utc);
