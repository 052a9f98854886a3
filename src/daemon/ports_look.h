/* Looking around for ports.c: what the system, the globs of the configuration and the paths of the lines
 * offer at this moment. */
#pragma once

#include "daemon/daemon.h"
#include "daemon/ports_table.h"
#include "hw/path_watch.h"

struct ports_look {
	struct usb *usb;       /* owned, as the following */
	struct usb_port *port; /* as of the last ports_look_usb */
	struct usb_disk *disk;
	int port_count, disk_count;
};

void ports_look_done(struct ports_look *k);
/* Asks udev anew. */
void ports_look_usb(struct ports_look *k);

/* All ports there are; the array is the caller's (free). The lines' paths are taken from their sessions. */
int ports_look_all(struct ports_look *k, const struct daemon *d, struct ports_seen **ret);
/* Puts the watch on the names whose coming and going matters. */
void ports_look_watch(const struct daemon *d, struct path_watch *names);

/* Which node a path leads to; "" none. */
void ports_look_node(const char *path, char ret[PORTS_NODE]);

#define PORTS_DISK (USB_STICK + 16)
/* Is a modem there that shows itself as a disk: known as such by a row (usb_storage), or the same maker's in
 * the socket where the line's modem was? `what` names it: "12d1:1446 (1-1.2)". */
bool ports_look_disk(const struct ports_look *k, const struct daemon *d, const struct ports_line *l,
		     char what[PORTS_DISK]);
