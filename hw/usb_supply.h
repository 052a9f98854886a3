/* How a USB stick is fed and kept awake: what sysfs and udev say of the socket that a port's stick sits in. Read once, by
 * libudev; where there is no udev there is nothing to say. */
#pragma once

#include "hw/usb.h"

struct usb_supply {
	char socket[USB_STICK]; /* "1-1.2" */
	char id[10];            /* "2c7c:0125" */
	int speed;              /* Mbit/s; 0 not told */
	bool hub;               /* behind a hub that is no root hub … */
	bool hub_powered;       /* … with a power supply of its own, as it says */
	bool may_sleep;         /* the kernel may suspend it (power/control is auto) */
	bool kept_off;          /* udev tells ModemManager to leave it alone */
};

/* −ENOENT: the port is no USB device, or udev is not there. */
int usb_supply_read(const char *port, struct usb_supply *ret);
