/* One Modbus bus, RTU or TCP, through libmodbus. It only ever reads (functions 1 to 4): there is no call that
 * writes a register. Every call may block, up to the timeout (opening: for a TCP host up to the timeout besides
 * the look-up of its name), so it belongs in a worker thread or in the tool, never in the event loop; one link is used by one
 * thread at a time.
 *
 * A serial port is opened for us alone (flock and TIOCEXCL, before any of its settings is touched); by-id links are followed,
 * pseudo-terminals work. */
#pragma once

#include "base/err.h"
#include "hw/modbus_connection.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define MODBUS_UNIT_MAX  247
#define MODBUS_WORDS_MAX 125  /* registers in one request, by the standard */
#define MODBUS_BITS_MAX  2000 /* coils or inputs in one request */

/* The four tables of a unit, by the function that reads them. */
enum modbus_table { MODBUS_COIL = 1, MODBUS_DISCRETE = 2, MODBUS_HOLDING = 3, MODBUS_INPUT = 4 };

/* What a read returns besides 0:
 *	−ETIMEDOUT             the unit said nothing, or stopped in the middle
 *	−EBADMSG               something came that is no answer: bad CRC, another unit, a length that lies. Over TCP the transaction
 *	                       says what an answer belongs to; its unit is not looked at, as many a gateway answers as 255 or 0
 *	−(MODBUS_EXCEPTION+n)  the unit refused with exception n (1 … 11); modbus_exception() tells
 *	another −errno         the port or the connection is gone (−EIO, −ENODEV, −ECONNRESET, −EPIPE …); the link is
 *	                       closed then, and modbus_link_open() tries again */
#define MODBUS_EXCEPTION 1000

struct modbus_link;

/* Opens nothing yet. Never fails. */
struct modbus_link *modbus_link_new(const struct modbus_connection *c, int64_t timeout_ms);
void modbus_link_free(struct modbus_link *l); /* NULL is harmless */

/* 0 when it is open (already); else −errno and one sentence in `e`: −EBUSY another program has the port,
 * −ENOENT no such device, −ECONNREFUSED, −EHOSTUNREACH, −ETIMEDOUT … */
int modbus_link_open(struct modbus_link *l, struct err *e);
void modbus_link_close(struct modbus_link *l);
bool modbus_link_is_open(const struct modbus_link *l);
/* Another speed or parity on the same port, for a scan: closes. */
void modbus_link_retune(struct modbus_link *l, int baud, char parity, int stop_bits);
void modbus_link_set_timeout(struct modbus_link *l, int64_t timeout_ms);

/* Reads `count` (within the limits above) from `address` (0-based) of the unit. Bits come as 0 or 1, one to a word. One request, one
 * answer (only what another unit had to say too late is thrown away, and the question put again). What the line still holds is thrown away before, and after a failure the line is
 * left until it is quiet, so that a late answer is not taken for the next one. */
int modbus_link_read(struct modbus_link *l, int unit, enum modbus_table table, int address, int count,
		     uint16_t *ret);

/* The last −EBADMSG began with the question itself (of registers below 256): the adapter echoes what it sends. */
bool modbus_link_echoes(const struct modbus_link *l);

/* n of −(MODBUS_EXCEPTION+n), else 0. */
int modbus_exception(int r);
/* A fault that belongs to the unit alone (silence, refusal, garbage): the bus is well. */
bool modbus_fault_is_units(int r);
/* "no answer", "illegal data address (02)", "no such device" … in the reader's language. Returns buf. */
const char *modbus_error_text(int r, char *buf, size_t size);
