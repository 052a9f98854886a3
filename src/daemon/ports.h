/* Which port for which modem: knows the ports of USB sticks (hw/usb.h) and of [gateway] modem_ports, which
 * of them are taken, which modem (IMEI, ICCID) was met on which, and what each line wants (config `device`,
 * `iccid`, the IMEI learned earlier). Decisions are ports_table.h's; this is the part with descriptors and
 * timers.
 *
 *     device = /dev/…         this path. When it is gone, or another line's modem sits there, the modem that
 *                             was learned on it is looked for on all sticks.
 *     device = usb:VID:PID    a stick of that kind, the learned one first
 *     device = imei:…         that modem, wherever it is
 *     iccid = …               the SIM decides: a modem with another one is not used, one that got it is
 *
 * How a session uses it:
 *
 *     ports_claim → 0: open claim.path, probe. The row may be known already by claim.usb.
 *                 → −ENOENT: nothing to try: state LOST, no timer; EV_START comes when there is.
 *     ports_identified as soon as the IMEI is known, again when the ICCID is. With config `iccid` the ICCID is
 *                 asked before any PIN is given.
 *                 → PORTS_MINE: go on.  → PORTS_OTHER: close, ports_claim at once again.
 *     ports_release after every close, with the reason. A claim ends by it alone.
 *
 * A claim that is not `sure` is a guess: when nothing answers within PORTS_PROBE_MS,
 * ports_release(PORTS_SILENT) and claim again at once, without climbing the ladder and without a warning;
 * the next best port is tried. Only a claim that is `sure` (the path itself, or a port on which this line's
 * modem answered before) deserves resets. */
#pragma once

#include "hw/usb.h"

#include <jansson.h>
#include <stdbool.h>

#define PORTS_PATH     256
#define PORTS_PROBE_MS 3000

struct daemon;
struct ports;
struct session;

struct ports_claim {
	char path[PORTS_PATH];
	char usb[10];          /* "2c7c:0125"; "" no USB */
	char stick[USB_STICK]; /* for usb_reset_start; "" no USB */
	bool sure;
};

enum ports_why {
	PORTS_CLOSED, /* on purpose, or to open it again: stays the first choice */
	PORTS_SILENT, /* nobody there speaks AT, or what answers is garbage */
	PORTS_BUSY,   /* open() said EBUSY or EACCES: another program's */
	PORTS_GONE,   /* ENOENT, ENODEV, EIO: it is not there any more */
};

enum ports_answer { PORTS_MINE, PORTS_OTHER };

struct ports *ports_new(struct daemon *d);
/* Looks around and begins to watch. Before the first session is started. */
void ports_start(struct ports *p);
void ports_free(struct ports *p);
/* The configuration was replaced: other globs; sessions are new or have another device. */
void ports_reconfigure(struct ports *p);

int ports_claim(struct ports *p, struct session *s, struct ports_claim *ret);
/* `imei` "" when the modem does not tell; `iccid` "" while it is not known. */
enum ports_answer ports_identified(struct ports *p, struct session *s, const char *imei, const char *iccid);
void ports_release(struct ports *p, struct session *s, enum ports_why why);
/* The session is about to be freed. */
void ports_forget(struct ports *p, struct session *s);
