/* The socket that a USB stick sits in, by the name that sysfs gives it ("1-1.2"), and what can be done to it from
 * outside when the stick itself does not listen any more:
 *
 *     re-bind  `authorized` 0, then 1, in the stick's own folder in sysfs: all drivers let go, the configuration is
 *              chosen anew. Not unbind and bind: those name the stick by its socket, in two writes to one file for
 *              all devices, and whatever sits there by the time of the second is bound; `authorized` goes away with
 *              the stick, and udev can give rights to it for one stick.
 *     power    VBUS off for ten seconds by uhubctl, found in PATH, started without a shell.
 *
 * Who has the right to both does it himself (daemon/usb_reset.h), else yishi-root does (hw/root_request.h). */
#pragma once

#include "hw/usb.h"

#include <limits.h>
#include <stddef.h>

#define USB_POWER_MS 45000 /* off, on, and what the tool takes: it is stuck when it takes longer */

/* "1-1.2": anything else is no socket, and no name to make a path of. The other functions want it to be one. */
bool usb_socket_valid(const char *stick);
/* "2c7c:0125", lower case; -ENOENT: nothing sits there; -ENOTSUP: a hub does. */
int usb_socket_id(const char *stick, char ret[10]);

/* 0; -ENOTSUP: nothing there that could be; -EACCES: no right to. */
int usb_socket_may_rebind(const char *stick);
/* Takes a second and blocks for it. -errno of the write that failed. */
int usb_socket_rebind(const char *stick);

/* A command that cuts the power of one socket; `args` and `environment` end with NULL and point into itself. */
struct usb_switch {
	char tool[PATH_MAX], hub[USB_STICK], port[8];
	const char *args[12];
	const char *environment[3];
};
/* 0; -ENOTSUP: there is no uhubctl, or no hub; -EACCES: no right to. Not to be copied afterwards. */
int usb_socket_switch(const char *stick, struct usb_switch *ret);
