/* `yishi sensor`: cabinets with Modbus. */
#include "cli/nouns.h"
#include "cli/sensor_bus.h"

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

const struct cli_verb cli_sensor[] = {
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
		"to a part. "
		"The status is 0 when every sensor gave a value, 1 when one did not, 69 when no bus could be "
		"reached.")},
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
     .more = N_("Each address is asked twice and given the time of --timeout for each answer; how long that "
		"takes at most is said "
		"before. Only readings are asked for: nothing is ever written to a part.")},
    {0},
};
