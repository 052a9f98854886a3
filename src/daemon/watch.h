/* Files whose change matters, by inotify: configuration, rules, the test clock; and the wall clock itself, by a
 * timer descriptor that the kernel cancels when somebody sets it. Costs no wake-ups. */
#pragma once

struct daemon;
struct watch;

struct watch *watch_new(struct daemon *d);
void watch_free(struct watch *w);
