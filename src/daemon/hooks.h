/* The programs of [hooks]: each gets the events of its kind on standard input, one after the other, as `yishi events
 * --json` prints them. base/runner.h says how a program runs, store/hook.h what is remembered; here it is decided when:
 * at most [hooks] at_once at a time, in turn; what asks for another try gets it later, with growing pauses; meanwhile
 * the other hooks go on. Nothing waits here, nothing wakes up while nothing happens. */
#pragma once

#include <stdbool.h>

struct daemon;
struct hooks;

struct hooks *hooks_new(struct daemon *d);
/* After daemon_start and after every reload: hooks that are new begin now, those that are gone are forgotten when their
 * program has ended. */
void hooks_configure(struct hooks *h);
/* Before the loop waits: cheap when no event was written since. NULL-safe, as the following. */
void hooks_notice(struct hooks *h);
/* Somebody else may have written events. */
void hooks_look(struct hooks *h);
/* Nothing is started any more; what runs gets a few seconds to end by itself, and is then ended. */
void hooks_stop(struct hooks *h);
bool hooks_stopped(const struct hooks *h);
void hooks_free(struct hooks *h);
