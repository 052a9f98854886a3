/* The nightly copy of the database into [gateway] backup_dir, and the weekly look through the live one: on a thread of their
 * own that rests as long as it works, so that modems and texts have their turns. Copied page by page, checked, only then put
 * under its name; the daemon-only words go beside it (0600), unless the disk cannot keep them from others. Old copies go
 * (store/copies.h), no disk is filled.
 *
 * The folder must be there: one that is missing is a stick that is not plugged in, and making it would fill the disk
 * beneath. Where copies once went to another disk than the database's, a folder on its own disk is the place where that
 * other one is to be mounted, unless somebody makes a copy there by hand. A failure is a row, an event and a note to the installers; no sound copy for three days is an alarm. */
#pragma once

struct daemon;
struct copier;

struct copier *copier_new(struct daemon *d);
void copier_free(struct copier *c); /* waits for the piece under way, some milliseconds; NULL-safe */
/* The nightly job is done: the copy is made, and when a week has passed the check. Returns at once. */
void copier_begin(struct copier *c);
