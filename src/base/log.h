/* One line a message on standard error, with the journal's priority prefix when standard error is the journal
 * (JOURNAL_STREAM) and a time stamp on a terminal. For daemon and emulator only: libraries return, they never log. */
#pragma once

#define log_error(...)   log_write(3, __VA_ARGS__)
#define log_warning(...) log_write(4, __VA_ARGS__)
#define log_notice(...)  log_write(5, __VA_ARGS__)
#define log_info(...)    log_write(6, __VA_ARGS__)
#define log_debug(...)   log_write(7, __VA_ARGS__)

/* Messages above this syslog priority are dropped; 6 unless $YISHI_DEBUG is set (read once, at the first message). */
void log_write(int priority, const char *fmt, ...) __attribute__((format(printf, 2, 3)));
