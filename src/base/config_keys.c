/* The one table of the configuration's keys: parsing, checking, defaults, `yishid --check` and the manual. */
#include "base/config_internal.h"
#include "base/i18n.h"
#include "base/mem.h"

#include <stddef.h>

const char *const config_sections[SECTION_COUNT] = {
    [GATEWAY] = "gateway", [RULES] = "rules",     [HOOKS] = "hooks",
    [MODEM] = "modem",     [CABINET] = "cabinet", [SENSOR] = "sensor"};

#define G(field) offsetof(struct config, field)
#define M(field) offsetof(struct config_modem, field)
#define C(field) offsetof(struct config_cabinet, field)
#define S(field) offsetof(struct config_sensor, field)

const struct key config_keys[] = {
    {GATEWAY, "name", STRING, G(name), "议事", N_("the name of the community, on screens and in texts")},
    {GATEWAY, "number", PHONE, G(number), NULL, N_("the number that residents text")},
    {GATEWAY, "database", PATH, G(database), "/var/lib/yishi/yishi.db",
     N_("the file of the database; a relative path begins at the folder of this file")},
    {GATEWAY, "signature", STRING, G(signature), NULL, N_("how texts are signed; by default the name")},
    {GATEWAY, "timezone", ZONE, G(timezone), "Asia/Shanghai",
     N_("the time zone of meetings, quiet hours and reports")},
    {GATEWAY, "language", LANGUAGE, G(language), "zh",
     N_("of tool and texts where nobody said otherwise: zh or en")},
    {GATEWAY, "control_socket", PATH, G(control_socket), NULL,
     N_("where yishi talks to yishid; by default yishi.sock beside the database")},
    {GATEWAY, "quiet_hours", WINDOW, G(quiet_hours), "20:30-08:00",
     N_("no broadcast and no reminder leaves in them; replies and calls for help do; none: no such hours")},
    {GATEWAY, "ring", BOOL, G(ring), "yes",
     N_("an urgent alarm of a sensor that nobody acknowledges rings the phones of those on duty, too")},
    {GATEWAY, "working_hours", WINDOW, G(working_hours), "mon-fri 08:30-17:30",
     N_("deadlines of cases are counted in them")},
    {GATEWAY, "holidays", PATH, G(holidays), NULL,
     N_("a file of dates, one a line such as 2026-10-01, on which no series meets")},
    {GATEWAY, "test_clock", BOOL, G(test_clock), "no",
     N_("for tests: the time is read from the file $YISHI_CLOCK")},
    {GATEWAY, "answer_budget", INT, G(answer_budget), "5", N_("answers an hour for one number; 0: no limit")},
    {GATEWAY, "merge_window", DURATION, G(merge_window_ms), "90s",
     N_("complaints of one sender within it become one case; 0: never")},
    {GATEWAY, "approval_above", INT, G(approval_above), "50",
     N_("recipients above which a second person approves a broadcast or a poll by texting a code back; 0: "
	"never")},
    {GATEWAY, "retention_pdu", DURATION, G(retention_pdu_ms), "90d",
     N_("how long raw short messages are kept, 8 days at least; 0: for ever")},
    {GATEWAY, "retention_text", DURATION, G(retention_text_ms), "730d",
     N_("how long the words of texts are kept, 60 days at least; 0: for ever")},
    {GATEWAY, "retention_private", DURATION, G(retention_private_ms), "180d",
     N_("how long private matters are kept after they were closed, 30 days at least; 0: for ever")},
    {GATEWAY, "retention_readings", DURATION, G(retention_readings_ms), "730d",
     N_("how long what sensors told is kept by the hour, 30 days at least; 0: for ever; minutes are kept for "
	"14 days, days for ever")},
    {GATEWAY, "metrics_file", PATH, G(metrics_file), NULL,
     N_("measurements in the text format of Prometheus, such as /run/yishi/yishi.prom; written each minute, so "
	"best not on a disk; none by default")},
    {GATEWAY, "backup_dir", PATH, G(backup_dir), NULL,
     N_("the folder of the nightly copies of the database, best on another disk; without it there are none")},
    {GATEWAY, "backup_days", INT, G(backup_days), "7", N_("the copy of each of so many days is kept, …")},
    {GATEWAY, "backup_weeks", INT, G(backup_weeks), "4", N_("… and before that one of each of so many weeks")},
    {GATEWAY, "health_text", WEEKLY, G(health_text), "mon 10:00",
     N_("when installers are texted each week how the box is; what changed in between is told on its day; "
	"none: never")},
    {GATEWAY, "weekly_page", BOOL, G(weekly_page), "yes",
     N_("on Mondays the page of the last week is written into a file, and secretaries get its figures by "
	"text")},
    {GATEWAY, "report_dir", PATH, G(report_dir), NULL,
     N_("the folder of the pages of the weeks; by default reports beside the database")},
    {GATEWAY, "invite_before", DURATION, G(invite_before_ms), "3d",
     N_("how long before a meeting the invitation goes out")},
    {GATEWAY, "remind_before", DURATION, G(remind_before_ms), "1d",
     N_("how long before a meeting those are reminded who have not answered")},
    {GATEWAY, "last_call_before", DURATION, G(last_call_before_ms), "2h",
     N_("how long before a meeting those are reminded who come")},
    {GATEWAY, "board", ADDRESS, G(board), NULL,
     N_("where a browser of the local network finds the read-only board, such as 0.0.0.0:8080 or "
	"127.0.0.1:8080; without it there is none")},
    {GATEWAY, "pages", PATH, G(pages), NULL,
     N_("a folder with your own templates of posters and sheets, which win over the shipped ones; `yishi page "
	"list`")},
    {GATEWAY, "set_clock", BOOL, G(set_clock), "yes",
     N_("the clock of the box is set by the mobile network's when it is off and nothing else keeps it, such as "
	"NTP")},
    {GATEWAY, "modem_ports", GLOBS, G(modem_ports), NULL,
     N_("patterns of ports besides those of USB sticks on which modems are looked for, such as "
	"/dev/ttyS[1-3]")},
    {RULES, "files", STRING, G(rule_files), NULL,
     N_("rule files to be read besides those that came along, separated by blanks")},
    {HOOKS, "time_limit", DURATION, G(hook_limit_ms), "30s",
     N_("how long a program may run: then SIGTERM and, five seconds later, SIGKILL for its process group")},
    {HOOKS, "tries", INT, G(hook_tries), "6",
     N_("how often a program is tried that ends with status 75, by a signal or by the time limit")},
    {HOOKS, "retry_after", DURATION, G(hook_retry_ms), "10s",
     N_("how long after that it is tried again; doubled each time, up to an hour")},
    {HOOKS, "at_once", INT, G(hook_at_once), "4", N_("how many programs may run at the same time")},
    {MODEM, "device", DEVICE, M(device), NULL,
     N_("imei: and 15 digits (found wherever it is plugged in), usb:VID:PID (one of that kind), or the path of "
	"a terminal")},
    {MODEM, "iccid", ICCID, M(iccid), NULL,
     N_("the digits printed on the SIM that this line must have; another one is not used")},
    {MODEM, "pin_file", PATH, M(pin_file), NULL, N_("a file that holds nothing but the PIN of the SIM")},
    {MODEM, "hourly_quota", INT, M(hourly_quota), "120",
     N_("segments in any 60 minutes, a fifth of them kept for replies; 0: no limit")},
    {MODEM, "daily_quota", INT, M(daily_quota), "600",
     N_("segments in any 24 hours, a fifth of them kept for replies; 0: no limit")},
    {MODEM, "jitter", DURATION, M(jitter_ms), "0",
     N_("a random pause up to that between reminders and broadcasts")},
    {MODEM, "reports", BOOL, M(reports), "yes", N_("whether delivery reports are asked for")},
    {MODEM, "roles", ROLES, M(roles), "receive send",
     N_("what the line is for: receive, send, alarms (nothing but alarms)")},
    {MODEM, "ring_for", DURATION, M(ring_for_ms), "9s",
     N_("a call rings so long and is then rejected, never answered; 0: until the caller gives up")},
    {MODEM, "roaming", BOOL, M(roaming), "yes", N_("no: in a foreign network nothing but alarms leaves")},
    {MODEM, "smsc", CENTRE, M(smsc), NULL, N_("the service centre, when the SIM has none or a wrong one")},
    {MODEM, "balance", BALANCE, M(balance), NULL,
     N_("how the credit is asked for: ussd:CODE, or sms:NUMBER:TEXT; without it nobody asks")},
    {MODEM, "balance_every", DURATION, M(balance_every_ms), "7d", N_("how often the credit is asked for")},
    {MODEM, "balance_low", NUMBER, M(balance_low), "10", N_("an installer is told when the credit is below")},
    {MODEM, "balance_pattern", STRING, M(balance_pattern), NULL,
     N_("for unusual texts of an operator: a PCRE2 pattern whose first group is the amount")},
    {MODEM, "sim_expires", DATE, M(sim_expires), NULL,
     N_("until when the SIM is valid, such as 2027-06-30: told 30, 7 and 1 days before; the operator's own "
	"texts win")},
    {MODEM, "number", PHONE, M(number), NULL,
     N_("the number of this line's SIM; wanted for self_text when there are several modems")},
    {MODEM, "self_text", DURATION, M(self_text_ms), "0",
     N_("how often the line texts itself, which proves that it sends and receives; 0: never")},
    {CABINET, "connection", STRING, C(connection), NULL,
     N_("rtu:DEVICE,9600,8N1, tcp:HOST:PORT, or rtutcp:HOST:PORT for a serial server that hands bytes "
	"through")},
    {CABINET, "unit", INT, C(unit), "1", N_("the Modbus address")},
    {CABINET, "map", STRING, C(map), NULL,
     N_("the map of its registers, such as xy-md02 (see yishi-map), or a file of your own with a slash in its "
	"name")},
    {CABINET, "poll", DURATION, C(poll_ms), "10s", N_("how often it is read")},
    {CABINET, "timeout", DURATION, C(timeout_ms), "500ms", N_("how long an answer is waited for")},
    {CABINET, "place", STRING, C(place), NULL, N_("where it stands, as people call it; by default its name")},
    {CABINET, "grid", STRING, C(grid), NULL,
     N_("the grid whose people on duty are told of its alarms; by default all")},
    {CABINET, "silence", DURATION, C(silence_ms), "5m",
     N_("no data for so long, of it or of one of its sensors, is a fault that installers are told of; 0: "
	"never")},
    {SENSOR, "register", STRING, S(reg), NULL,
     N_("a row of the map, or a register: input:1, holding:0, 30002, 40001")},
    {SENSOR, "type", STRING, S(type), NULL,
     N_("how the register is read, such as int16 or float32 CDAB, where it is no row of the map")},
    {SENSOR, "scale", NUMBER, S(scale), NULL, N_("what the raw value is multiplied by")},
    {SENSOR, "offset", NUMBER, S(offset), NULL,
     N_("what is added to that, such as -1.25 for a level of 5 m at 4-20 mA")},
    {SENSOR, "unit", STRING, S(unit), NULL, N_("the unit of the value, for people")},
    {SENSOR, "high", NUMBER, S(high), NULL, N_("an alarm above")},
    {SENSOR, "low", NUMBER, S(low), NULL, N_("an alarm below")},
    {SENSOR, "clear", NUMBER, S(clear), NULL, N_("the alarm ends there")},
    {SENSOR, "hold", DURATION, S(hold_ms), "0", N_("for how long the limit must be passed")},
    {SENSOR, "severity", STRING, S(severity), NULL, N_("notice, warning or urgent")},
    {SENSOR, "alarm", STRING, S(alarm), NULL,
     N_("states that are an alarm, as numbers or as the words of the map, separated by commas")},
    {SENSOR, "armed", WINDOW, S(armed), "00:00-24:00",
     N_("an alarm within these hours only, such as 20:00-07:00 for a door, or none")},
    {SENSOR, "text", STRING, S(text), NULL, N_("what people are told")},
};

const int config_key_count = (int)ARRAY_LEN(config_keys);
