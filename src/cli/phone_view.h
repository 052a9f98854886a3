/* How the button phone shows texts: bubbles on a terminal, one line each elsewhere. */
#pragma once

#include <jansson.h>
#include <stdbool.h>

struct phone_view {
	bool terminal, colour;
	const char *own; /* E.164 of the phone; borrowed */
};

void phone_view_mine(const struct phone_view *v, const char *text, int segments);
/* `sent` is an event or list entry of the emulator: number, text, segments, units, limit. */
void phone_view_answer(const struct phone_view *v, const json_t *sent);
/* A text to somebody else. */
void phone_view_other(const struct phone_view *v, const json_t *sent);
void phone_view_note(const struct phone_view *v, const char *text);
