/* Resets of a stick from outside, when AT is dead: the only place that touches sysfs and hub power, so that
 * a helper with more rights can take it over. Both take seconds and run beside the loop.
 *
 *     USB_REBIND  authorized 0, then 1, in the stick's own folder in sysfs: all drivers let go, the
 *                 configuration is chosen anew. Not unbind and bind: those name the stick by its socket, in two
 *                 writes to one file for all devices, and whatever sits there by the time of the second is
 *                 bound; `authorized` goes away with the stick, and udev can give rights to it for one stick.
 *     USB_POWER   VBUS off for ten seconds by uhubctl, found in PATH, started without a shell. */
#pragma once

#include "daemon/daemon.h"

enum usb_reset { USB_REBIND, USB_POWER };

/* `stick` as in ports_claim. Close the descriptor and ports_release first. Returns 0 and calls `done` once,
 * later, from the loop: status 0, −ETIMEDOUT, −EIO, −ENOTSUP (no hub that can switch this socket). Or at
 * once, and `done` is never called: −ENOTSUP (no USB stick, no uhubctl), −EACCES (no right to), −EBUSY (one
 * is under way for this stick). */
int usb_reset_start(struct daemon *d, const char *stick, enum usb_reset how,
		    void (*done)(void *user, int status), void *user);
/* `user` will be gone: its done is not called any more. The reset itself goes on. */
void usb_reset_forget(struct daemon *d, const void *user);
/* The daemon ends: nobody is told any more. Before the loop runs dry. */
void usb_reset_end(struct daemon *d);
