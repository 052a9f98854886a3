/* Which map fits a unit: the identify rules of all maps are tried, by reads only. Pure but for the reader that it is given.
 *
 *	identify = WHAT IS        WHAT: a row of the map, or a register (holding:257, uint16; a coil or input is a bit)
 *	IS: any                   it answers                            1 point
 *	    refused               it refuses (an exception)             1
 *	    MIN..MAX              scaled value in that range            2
 *	    =VALUE                exactly that                          4
 *	    unit                  holds the unit's own address          4
 * A rule that does not hold strikes the map out. The most points win; equals are all told. */
#pragma once

#include "hw/register_plan.h"

#define GUESS_MAX 8

/* As modbus_link_read. */
typedef int map_guess_read(void *user, int unit, enum modbus_table table, int address, int count,
			   uint16_t *ret);

struct map_guess {
	const struct register_map *map;
	int points;
};

/* Fills ret with the maps that fit, best first; returns how many (0 … GUESS_MAX), or −errno when the unit fell silent or the bus is gone. */
int map_guess(const struct register_maps *maps, int unit, map_guess_read *read, void *user,
	      struct map_guess ret[GUESS_MAX]);
