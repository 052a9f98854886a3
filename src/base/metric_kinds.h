/* The one table of measurements: what [gateway] metrics_file holds and the manual lists. Names follow Prometheus: the unit is
 * in the name, what only grows ends in _total and begins at 0 with the program. */
#pragma once

/* X(identifier, type, "name", "labels", "what it is") */
#define METRIC_KINDS(X)                                                                                        \
	X(BUILD, gauge, "yishi_build_info", "version", "1; the version is in the label")                       \
	X(UPTIME, gauge, "yishi_uptime_seconds", "", "since the daemon was started")                           \
	X(CLOCK, gauge, "yishi_clock_plausible", "", "1: the clock is trusted, 0: nothing unsolicited leaves") \
	X(LINE_UP, gauge, "yishi_line_up", "line", "1: the modem is ready or at work")                         \
	X(LINE_REGISTERED, gauge, "yishi_line_registered", "line", "1: there is a network")                    \
	X(LINE_SIGNAL, gauge, "yishi_line_signal_dbm", "line", "signal; missing while it is not known")        \
	X(LINE_RESETS, counter, "yishi_line_resets_total", "line", "resets of the modem")                      \
	X(LINE_STORED, gauge, "yishi_line_stored_texts", "line", "texts in the modem's own memory")            \
	X(RECEIVED, counter, "yishi_texts_received_total", "line", "texts that arrived, by line")              \
	X(SENT, counter, "yishi_texts_sent_total", "class", "texts that the network took, by class")           \
	X(FAILED, counter, "yishi_texts_failed_total", "class",                                                \
	  "texts that will not be tried again, by class")                                                      \
	X(CALLS, counter, "yishi_calls_missed_total", "line", "calls, by line")                                \
	X(TEXTS, gauge, "yishi_texts", "state", "texts that are not settled, by state")                        \
	X(QUEUE_AGE, gauge, "yishi_queue_oldest_age_seconds", "",                                              \
	  "since the oldest text that may leave waits")                                                        \
	X(QUARANTINE, gauge, "yishi_quarantined_texts", "", "texts that could not be read and are kept raw")   \
	X(CASES, gauge, "yishi_cases", "state",                                                                \
	  "cases that are open, of them overdue, of them calls for help")                                      \
	X(HOOKS, gauge, "yishi_hook_failures", "", "events that the program of a hook failed")                 \
	X(ALARM, gauge, "yishi_alarm", "line alarm severity", "1 for each alarm that stands")                  \
	X(SENSOR, gauge, "yishi_sensor_value", "sensor", "the last reading, in its own unit")                  \
	X(SENSOR_ALARM, gauge, "yishi_sensor_alarm", "sensor kind",                                            \
	  "1 for each alarm of a sensor that stands")                                                          \
	X(SENSOR_SILENT, gauge, "yishi_sensor_no_data", "sensor", "1: there are no data of it")                \
	X(DATABASE, gauge, "yishi_database_bytes", "", "the file of the database")                             \
	X(WAL, gauge, "yishi_database_wal_bytes", "", "its write-ahead log")                                   \
	X(DISK_FREE, gauge, "yishi_disk_free_bytes", "", "room on the disk of the database")                   \
	X(DISK_SIZE, gauge, "yishi_disk_size_bytes", "", "that disk")                                          \
	X(BACKUP_TIME, gauge, "yishi_backup_last_success_timestamp_seconds", "",                               \
	  "when the last sound copy of the database was made")                                                 \
	X(BACKUP_OK, gauge, "yishi_backup_last_ok", "", "1: the last try to copy the database succeeded")      \
	X(WRITTEN, counter, "yishi_storage_written_bytes_total", "",                                           \
	  "bytes that the daemon had written to disks")

enum metric_kind {
#define X(id, type, name, labels, what) METRIC_##id,
	METRIC_KINDS(X)
#undef X
	    METRIC_KIND_COUNT
};

struct metric_kind_info {
	const char *type, *name, *labels, *what;
};
extern const struct metric_kind_info metric_kinds[METRIC_KIND_COUNT];
