/* The configuration file: INI, UTF-8, one table of keys (config.c) that drives parsing, checking, defaults and the
 * print-out of `yishid --check`. Reading it changes nothing; a bad file is one sentence with file and line. */
#pragma once

#include "base/clock.h"
#include "base/err.h"

#include <stdbool.h>
#include <stdio.h>

enum language { LANG_ZH, LANG_EN };

enum modem_role { MODEM_RECEIVE = 1, MODEM_SEND = 2, MODEM_ALARMS = 4 };

#define CONFIG_MODEMS 64
#define CONFIG_NAME_MAX                                                                                        \
	40 /* bytes of a name (of a sensor: behind its cabinet's): rows and buffers of fixed size hold it */
#define CONFIG_CABINETS 32
#define CONFIG_SENSORS  256
#define CONFIG_HOOKS    64

struct config_modem {
	char *name;
	char *device, *pin_file;       /* device: path, usb:vid:pid (lower case) or imei:DIGITS */
	char *iccid;                   /* the SIM that this line must have; NULL any */
	int hourly_quota, daily_quota; /* segments; 0 = no limit */
	int64_t jitter_ms;             /* random pause up to that between reminders and broadcasts */
	bool reports;
	unsigned roles;      /* enum modem_role */
	int64_t ring_for_ms; /* a call rings so long before it is rejected; 0: until the caller gives up */
	bool roaming;        /* no: nothing but alarms leaves in a foreign network */
	char *smsc;          /* service centre, +DIGITS; NULL: the SIM's */
	char *balance;       /* ussd:CODE or sms:NUMBER:TEXT; NULL: not asked */
	int64_t balance_every_ms;
	char *number;                        /* its own, E.164; NULL: not said */
	int64_t self_text_ms;                /* how often it texts itself; 0: never */
	char *sim_expires;                   /* the last day of its SIM, YYYY-MM-DD; NULL not said */
	char *balance_low, *balance_pattern; /* a number; PCRE2 whose first group is the amount, NULL: ours */
};

struct config_cabinet {
	char *name, *connection, *map;
	int unit;
	char *place, *grid; /* for people; whose duty lists; NULL: not said */
	int64_t poll_ms, timeout_ms, silence_ms;
};

struct config_sensor {
	char *name; /* CABINET.NAME */
	char *reg, *type, *scale, *offset, *unit, *high, *low, *clear, *severity, *alarm, *text;
	struct day_window armed;
	int64_t hold_ms;
};

struct config_hook {
	char *kind, *program;
};

struct config {
	char *path; /* the file that was read */
	/* [gateway] */
	char *name, *number, *database, *signature, *timezone, *control_socket, *holidays, *metrics_file,
	    *backup_dir;
	char *report_dir;              /* where the page of the week is put; beside the database */
	bool weekly_page;              /* secretaries get it on Mondays */
	int backup_days, backup_weeks; /* copies that are kept: the last of each day, then of each week */
	struct day_window
	    health_text;   /* one day, to its end; never open: no texts about the health of the box */
	char *board;       /* where the read-only board is served, ADDRESS:PORT; NULL: nowhere */
	char *pages;       /* a folder with templates of pages of the community's own; NULL none */
	char *modem_ports; /* globs of further ports, separated by blanks; NULL none */
	enum language language;
	bool test_clock;
	bool set_clock; /* by the mobile network's, when nothing else keeps it: daemon/clock_setter.h */
	struct day_window quiet_hours, working_hours;
	bool ring;          /* phones are rung for urgent alarms of sensors */
	int answer_budget;  /* answers an hour for one number; 0 = no limit */
	int approval_above; /* recipients; 0 = never */
	int64_t merge_window_ms, retention_pdu_ms, retention_text_ms, retention_private_ms,
	    retention_readings_ms;
	int64_t invite_before_ms, remind_before_ms, last_call_before_ms;
	/* [rules] */
	char *rule_files; /* further rule files, separated by blanks; may be NULL */

	/* [hooks] besides kind = program */
	int64_t hook_limit_ms, hook_retry_ms;
	int hook_tries, hook_at_once;

	struct config_modem modems[CONFIG_MODEMS];
	int modem_count;
	struct config_cabinet cabinets[CONFIG_CABINETS];
	int cabinet_count;
	struct config_sensor sensors[CONFIG_SENSORS];
	int sensor_count;
	struct config_hook hooks[CONFIG_HOOKS];
	int hook_count;

	struct config_origin *origins; /* where each value came from, for config_print */
	int origin_count;
};

/* Reads `path`. On success *ret is the caller's, freed with config_free. -ENOENT when it cannot be opened, -EINVAL
 * when it is wrong; both fill `e`. Paths in the file are relative to the file's folder. */
int config_load(const char *path, struct config **ret, struct err *e);
void config_free(struct config *c);

/* The line on which a key of a section ("cabinet pump") stands; of a NULL name, or one that is not written, the first
 * of the section that is; 0: none. */
int config_line(const struct config *c, const char *section, const char *name);

/* Every key in force as `section.key = value   # file:line` or `# default`. */
void config_print(const struct config *c, FILE *out);

/* A cabinet hangs on this serial port ("rtu:/dev/ttyS1,9600,8N1"): no modem is looked for there, whatever a glob says. */
bool config_is_cabinets(const struct config *c, const char *path);

const struct config_modem *config_find_modem(const struct config *c, const char *name);
