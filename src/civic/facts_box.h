/* How the gateway itself is, for who asks it for a self-test. A member of struct facts. */
#pragma once

#include <stdbool.h>
#include <stdint.h>

struct box_fact {
	bool known;
	char lines[160];     /* each line in words: "front -71dBm, back out of order"; cut at a line */
	char disk[24];       /* room that is left, "" not known */
	int alarms;          /* of lines, that stand now */
	int sensors, silent; /* those of cabinets, and those of them that give nothing */
	int64_t queued;      /* texts that wait */
	bool clock_ok;
};
