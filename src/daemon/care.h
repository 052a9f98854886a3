/* The box looks after itself: disk.h, copier.h, health.h and metrics.h, wired. None of them has a wake-up of its own but a
 * minute's timer where measurements are wanted: they look when the daemon is awake anyway. */
#pragma once

struct daemon;

void care_begin(struct daemon *d);
void care_end(struct daemon *d); /* harmless when nothing was begun */
void care_configure(struct daemon *d);
/* In each turn of the loop, before it waits: cheap, and once a minute it looks. */
void care_turn(struct daemon *d);
