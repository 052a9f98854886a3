/* `yishi sensor`: cabinets with Modbus. */
#include "cli/nouns.h"
#include "cli/sensor_alarm.h"
#include "cli/sensor_bus.h"
#include "cli/sensor_verbs.h"

static const struct cli_option read_options[] = {
    {"raw", NULL, N_("also registers, words and raw numbers"), false},
    {"connection", "CONNECTION", N_("a part that is in no configuration: rtu:DEVICE,9600,8N1 or tcp:HOST:PORT"),
     false},
    {"unit", N_("NUMBER"), N_("with --connection: its address (1)"), false},
    {"map", N_("NAME"), N_("with --connection: its map, such as xy-md02"), false},
    {"register", N_("REGISTER"), N_("with --connection: one register, such as input:1 or 40001"), false},
    {"type", N_("TYPE"), N_("of that register, such as int16 or \"float32 CDAB\""), false},
    {"scale", N_("NUMBER"), N_("what its raw value is multiplied by"), false},
    {"timeout", N_("TIME"), N_("with --connection: how long an answer is waited for (1s)"), false},
    {0},
};

static const struct cli_option scan_options[] = {
    {"cabinet", N_("NAME"), N_("on the bus of this cabinet of the configuration"), false},
    {"units", N_("FROM-TO"), N_("addresses to try (1-247)"), false},
    {"baud", N_("LIST"), N_("speeds to try one after the other, such as 9600,4800,19200; all: the usual ones"),
     false},
    {"parity", N_("LIST"), N_("of N, E and O, with each speed; by default what the connection says"), false},
    {"timeout", N_("TIME"), N_("how long an answer is waited for (200ms on a serial line, 500ms over TCP)"),
     false},
    {"write", NULL, N_("add the parts that are new to the configuration"), false},
    {"name", N_("NAME"),
     N_("the name of the cabinet in what is printed; with a number behind it when there are several"), false},
    {0},
};

static const struct cli_option alarms_options[] = {
    {"all", NULL, N_("also those that are over"), false},
    {0},
};

static const struct cli_option history_options[] = {
    {"step", N_("STEP"), N_("minute, hour or day; by default what suits the span"), false},
    {"until", N_("TIME"), N_("only before it"), false},
    {0},
};

static const struct cli_option watch_options[] = {
    {"span", N_("TIME"), N_("what the line shows (10m)"), false},
    {"for", N_("TIME"), N_("ends after so long"), false},
    {0},
};

const struct cli_verb cli_sensor[] = {
    {.name = "list",
     .run = sensor_list,
     .what = N_("how every sensor stands: value, limits, since when, share of time with data"),
     .common = CLI_LIST,
     .roles = CLI_SECRETARY | CLI_INSTALLER,
     .example = "yishi sensor list\nyishi sensor list --json",
     .more = N_("What the daemon read last; it asks no bus. A value that is not new any more is none: the "
		"state says so, and why. \"online\" is the share of the last 30 days with data.")},
    {.name = "watch",
     .run = sensor_watch,
     .what = N_("follows the sensors on the screen, each with a line of its last minutes"),
     .args = "[NAME|CABINET …]",
     .max_args = -1,
     .common = CLI_FORMATS,
     .options = watch_options,
     .roles = CLI_SECRETARY | CLI_INSTALLER,
     .example = "yishi sensor watch pump\nyishi sensor watch --for 10s --json",
     .more =
	 N_("Ctrl-C ends it. A dot is a time without data; red is beyond a limit. Not on a terminal it prints "
	    "a line for each change. While it runs, cabinets that do not answer are asked every 15 seconds.")},
    {.name = "history",
     .run = sensor_history,
     .what = N_("what a sensor told: least, mean and most by the minute, hour or day"),
     .args = "NAME",
     .min_args = 1,
     .max_args = 1,
     .common = CLI_LIST,
     .options = history_options,
     .roles = CLI_SECRETARY | CLI_INSTALLER,
     .example = "yishi sensor history pump.level --since -7d --csv",
     .more = N_("Minutes are kept for 14 days, hours for [gateway] retention_readings, days for ever; where "
		"the finer ones are gone the coarser ones stand. Without --since: the last day.")},
    {.name = "alarms",
     .run = sensor_alarms,
     .what = N_("the alarms that stand: since when, and who looks after them"),
     .common = CLI_LIST,
     .options = alarms_options,
     .roles = CLI_SECRETARY | CLI_INSTALLER,
     .example = "yishi sensor alarms\nyishi sensor alarms --all --since -7d"},
    {.name = "ack",
     .run = sensor_ack,
     .what = N_(
	 "acknowledges an alarm: nobody is told of it again, and the others hear that somebody looks after it"),
     .args = N_("NUMBER"),
     .min_args = 1,
     .max_args = 1,
     .roles = CLI_SECRETARY | CLI_INSTALLER,
     .example = "yishi sensor ack 3",
     .more = N_("The same as the text \"ACK C3\" from a phone of the staff.")},
    {.name = "read",
     .run = sensor_read,
     .what = N_("asks the cabinets now and shows what they say"),
     .args = "[CABINET[.NAME]]",
     .max_args = 1,
     .common = CLI_FORMATS,
     .options = read_options,
     .roles = CLI_INSTALLER,
     .example = "yishi sensor read pump --raw\n"
		"yishi sensor read --connection tcp:192.168.1.50 --unit 3 --register holding:0 --type int16",
     .more = N_("When the daemon is at work on that line, it lends it for the moment. Nothing is ever written "
		"to a part. The status is 0 when every sensor gave a value, 1 when one did not, 69 when no bus "
		"could be reached.")},
    {.name = "scan",
     .run = sensor_scan,
     .what = N_("finds the parts on a bus, guesses what they are, and prints the lines for the configuration"),
     .args = "[CONNECTION]",
     .max_args = 1,
     .common = CLI_FORMATS,
     .options = scan_options,
     .roles = CLI_INSTALLER,
     .example = "yishi sensor scan rtu:/dev/ttyUSB0\n"
		"yishi sensor scan rtu:/dev/ttyUSB0 --units 1-10 --baud all\n"
		"yishi sensor scan tcp:192.168.1.50:502 --units 1-32",
     .more =
	 N_("Each address is asked twice and given the time of --timeout for each answer; how long that takes "
	    "at most is said before. Only readings are asked for: nothing is ever written to a part.")},
    {0},
};
