/* [gateway] metrics_file: the table of base/metric_kinds.h in the text format of Prometheus (version 0.0.4), for the textfile
 * collector of a node exporter: mode 0644, written beside and renamed, so a reader finds a whole file. Each minute, and within
 * ten seconds of an event when the daemon is awake anyway. Counters begin at 0 with the program. */
#pragma once

struct daemon;
struct metrics;

struct metrics *metrics_new(struct daemon *d);
void metrics_free(
    struct metrics *m); /* NULL-safe; the file goes: what nobody writes any more is not true any more */
/* The configuration was read: another file, or none. */
void metrics_configure(struct metrics *m);
/* The daemon is awake. */
void metrics_look(struct metrics *m);
