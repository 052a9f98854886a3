/* Where a cabinet is: what `connection =` of [cabinet NAME] says. Pure.
 *
 *	rtu:DEVICE,BAUD,FRAME[,DIRECTION]    rtu:/dev/serial/by-id/usb-1a86_USB_Serial-if00-port0,9600,8N1
 *	tcp:HOST[:PORT]                      tcp:192.168.1.50:502, tcp:[fd00::50]:502; PORT 502 when it is not said
 *
 *	rtutcp:HOST:PORT                     a serial server that hands the bytes through as they are (RTU frames over TCP)
 *
 * BAUD is 1200 … 115200; FRAME 8N1, 8E1, 8O1, 8N2 (what Modbus allows: eight data bits); both may be left out
 * from the end: 9600,8N1. DIRECTION is who switches an RS-485 transceiver to sending, wanted only where the adapter does not do it by itself
 * (nearly every USB adapter does):
 *	rs485           the kernel's driver does (TIOCSRS485): a UART of the board with RTS wired to DE
 *	rts             RTS is raised while we send, lowered while we listen
 *	rts-inverted    the other way round */
#pragma once

#include "base/err.h"

#include <stdbool.h>
#include <stddef.h>

#define MODBUS_PORT     "502"
#define MODBUS_BUS_NAME 300

enum modbus_direction { DIRECTION_NONE, DIRECTION_KERNEL, DIRECTION_RTS, DIRECTION_RTS_INVERTED };

struct modbus_connection {
	bool tcp;
	/* rtu */
	char device[256];
	int baud;
	char parity; /* 'N', 'E', 'O' */
	int stop_bits;
	enum modbus_direction direction;
	/* tcp */
	bool serial_server; /* rtutcp: frames of RTU, CRC and all */
	char host[128], port[8];
};

/* −EINVAL with a sentence in `e` (without file and line, which the caller knows). */
int modbus_connection_parse(const char *text, struct modbus_connection *ret, struct err *e);
/* "9600,8N1": speed and frame alone; the rest of *ret stays. −EINVAL. */
int modbus_frame_parse(const char *text, struct modbus_connection *ret);
/* The text that parses to it. */
void modbus_connection_text(const struct modbus_connection *c, char *ret, size_t size);

/* The wire itself, by which two cabinets on one bus are known to be one: the device without links, or HOST:PORT.
 * `ret` of MODBUS_BUS_NAME bytes. Looks at the file system (links); not pure. */
void modbus_bus_name(const struct modbus_connection *c, char *ret);
