/* Alarms of sensors for the tool's screens. */
#pragma once

#include "cli/cli.h"

int sensor_alarms(struct cli *c); /* verbs */
int sensor_ack(struct cli *c);

/* The alarms that stand and are more than a notice, as JSON; what a person reads of each is its field `text`. 0 or -errno. */
int sensor_alarms_standing(struct cli *c, struct store *s, json_t **ret);
