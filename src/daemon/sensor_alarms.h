/* Alarms of the cabinets' sensors: each reading that the polling brings is judged (civic/sensor_watch.h), and what begins, ends
 * or flaps is written down with its event, its case and its texts in one transaction.
 *
 * Who hears: of limits those on duty now (civic/duty.h) in the cabinet's grid, else installers, else secretaries; of faults
 * and silence installers, else secretaries. Urgent ones wake people; warnings wait for the end of the quiet hours and stand in
 * `yishi status` meanwhile; notices are events alone. Until somebody texts `ACK C3` (`yishi sensor ack 3`) the ladder of
 * civic/sensor_ladder.h is climbed: told again, the next one told, phones rung, all told, the secretary's list. */
#pragma once

#include "hw/register_map.h"
#include "store/sensor.h"

struct daemon;
struct sensor_alarms;

/* Strings and row are borrowed during the call. */
struct sensor_reading {
	const char *cabinet, *sensor;       /* "box1"; "box1.door" */
	const struct map_row *row;          /* its meaning, with the limits in force */
	const struct config_sensor *config; /* NULL: of the map alone */
	enum sensor_fault fault;            /* SENSOR_OK: there is a value. UNREAD and LENT are passed over */
	double value;
};

/* For the daemon: before the polling begins; at the end; NULL-safe. */
struct sensor_alarms *sensor_alarms_new(struct daemon *d);
void sensor_alarms_free(struct sensor_alarms *a);
/* Once for each sensor and poll, on the loop's thread and not inside a transaction: what changes is one of its own, and rare. A write
 * that fails is tried again with the next reading. True: an alarm of its limits has begun or ended. */
bool sensor_alarms_read(struct daemon *d, const struct sensor_reading *r);
/* Silence that has lasted long enough; phones that are to be rung: given to a line that has time. In each round of daemon_act; when to look
 * again, INT64_MAX: never. */
int64_t sensor_alarms_tick(struct daemon *d);
/* Cabinets or sensors went out of the configuration: their alarms are over without a word. */
void sensor_alarms_configure(struct daemon *d);
void sensor_alarms_clock_set(struct daemon *d, int64_t step_s);
