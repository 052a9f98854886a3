/* Which sticks yishi-root may touch: those on which a modem of the configuration was found, or can only be meant.
 *
 *     device = usb:VID:PID     a stick of that kind
 *     device = /dev/…          the stick that the path leads to, whatever it is
 *     device = /dev/…, gone,   a stick that is a modem, by the drivers of its ports or by a row of
 *     or imei:…                at_commands/modems; who sits behind which IMEI only the modem could say, and it is dead
 *
 * A hub, a disk, a keyboard or the adapter of somebody's meter is none of them. */
#pragma once

#include "at_commands/modem_row.h"
#include "base/config.h"
#include "hw/usb.h"

/* For udev, which asks before there are ports: the configuration binds the stick, or the adapter of a cabinet. By its kind, by
 * the name of a link (/dev/serial/by-id, by-path, /dev/yishi), or, for imei: and plain device names, since a row knows its
 * maker. `serial`: udev's ID_SERIAL. */
bool root_stick_bound(const struct config *config, const struct modem_rows *rows, const char *stick,
		      const char *id, const char *serial);

/* NULL: it may; else why not, a sentence (static). `ports`: those of all sticks that there are now; `id`: of the stick
 * that sits in the socket, "2c7c:0125". */
const char *root_stick_refusal(const struct config *config, const struct modem_rows *rows,
			       const struct usb_port *ports, int port_count, const char *stick, const char *id);
