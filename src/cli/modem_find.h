/* Where the modems are: ports of USB sticks (libudev, sysfs), [gateway] modem_ports, and without udev the usual names;
 * which of a stick's ports takes AT is asked of all of them at once within one time limit. Nothing is said to a port that
 * may lead to another machine: those of makers that make no modems, those of cabinets, those that another program has. */
#pragma once

#include "cli/cli.h"
#include "cli/dialogue.h"
#include "hw/usb.h"

#include <jansson.h>

#define FIND_MS   3000
#define FIND_PATH 256

enum port_news {
	PORT_ASKED, /* what it is says `speaker` */
	PORT_LEFT,  /* known to be for other things: not asked */
	PORT_HELD,  /* by another program, or not for us to open: `why` */
	PORT_LENT,  /* the running daemon's */
};

struct found_port {
	char path[FIND_PATH];
	struct usb_port usb; /* usb.stick "" when it is none */
	int rank;            /* modem_row_rank */
	enum port_news news;
	enum speaker speaker;
	int error;          /* PORT_HELD: -errno */
	char why[320];      /* PORT_HELD: a sentence */
	struct dialogue *d; /* while it is open */
};

/* What hangs on one USB socket, or one port that is no USB. */
struct found_modem {
	struct found_port *ports; /* owned; the most likely first */
	int port_count;
	struct dialogue *d;         /* owned: open on its AT port; NULL none answered, or it is the daemon's */
	char line[CONFIG_NAME_MAX]; /* the daemon's line that works with it; "" none */
	json_t *live;               /* borrowed from find.status: what the daemon says of that line */
};

struct find {
	struct found_modem *modems;
	int count;
	struct usb_disk *disks; /* sticks of makers of modems that show themselves as a disk */
	int disk_count;
	json_t *status; /* the daemon's answer; NULL: none runs */
};

/* The configuration when there is one that can be read, else NULL: plugging in comes before configuring. */
const struct config *find_config(struct cli *c);

/* `path`: this port alone, whatever it is. `all`: also ports that are known to be for other things, and serial ports
 * that are no USB. 0, -EINTR; *ret is freed by find_done in each case. */
int modem_find(struct cli *c, const struct modem_rows *rows, const char *path, bool all, struct find *ret);
void find_done(struct find *f);

/* Gives the port that is the daemon's, when nothing is in mid-air there or, with `force`, as soon as that is over; else
 * -EBUSY. *ret is the caller's. */
int find_borrow(struct cli *c, const struct found_modem *m, bool force, struct dialogue **ret, struct err *e);

/* A dialogue with the modem that `where` means, with its AT answered: a path, the name of a configured line (borrowed
 * when the daemon runs, else looked for), NULL the only one there is. 0, or the exit status after having printed why. */
int modem_reach(struct cli *c, const char *where, const struct modem_rows *rows, struct dialogue **ret);
/* "answers nothing", "tells positions of satellites (NMEA)" …, translated. */
const char *find_speaker_label(enum speaker s);
