/* Resets of a stick from outside, when AT is dead (hw/usb_socket.h says what they are): by ourselves where this user has
 * the right to, else by yishi-root, if it is installed. Both take seconds and run beside the loop. */
#pragma once

#include "daemon/daemon.h"

enum usb_reset { USB_REBIND, USB_POWER };

/* `stick` as in ports_claim. Close the descriptor and ports_release first. Returns 0 and calls `done` once,
 * later, from the loop: status 0, −ETIMEDOUT, −EIO, −ENOTSUP (no hub that can switch this socket), −EACCES (the helper refuses). Or at
 * once, and `done` is never called: −ENOTSUP (no USB stick, no uhubctl), −EACCES (no right to, and no helper), −EBUSY (one
 * is under way for this stick). */
int usb_reset_start(struct daemon *d, const char *stick, enum usb_reset how,
		    void (*done)(void *user, int status), void *user);
/* `user` will be gone: its done is not called any more. The reset itself goes on. */
void usb_reset_forget(struct daemon *d, const void *user);
/* The daemon ends: nobody is told any more. Before the loop runs dry. */
void usb_reset_end(struct daemon *d);
