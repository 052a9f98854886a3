/* The section of a modem in the configuration, bound to what does not change when it is plugged in elsewhere: its IMEI and
 * its SIM, never ttyUSBn. The file is written aside, read back by config_load, and only then put in the old one's place. */
#pragma once

#include "base/buf.h"
#include "base/config.h"

#include <stdbool.h>

struct stanza {
	char name[CONFIG_NAME_MAX]; /* of the line; "" to be found by stanza_name */
	char imei[16];
	char iccid[24];   /* "" not known: any SIM */
	char usb[10];     /* for a modem without an IMEI of its own: the SIM tells it apart; "" none */
	char path[256];   /* when neither is known: a link by-id if there is one */
	bool imei_shared; /* another modem here has the same IMEI */
	bool by_path;     /* the port is no USB: a modem is looked for on such a one by its path alone */
	char number[48];  /* that the SIM tells; "" mostly */
	bool wants_pin;
	char about[224]; /* a remark: model, operator */
};

/* A name that neither `cfg` (may be NULL) nor the `count` of `others` has: the letters and digits of the model, "ec25",
 * "ec25-2". */
void stanza_name(struct stanza *s, const char *model, const struct config *cfg, const struct stanza *others,
		 int count);
/* The line of `cfg` that is this modem already, by IMEI or SIM; NULL none. */
const struct config_modem *stanza_present(const struct config *cfg, const struct stanza *s);
void stanza_format(struct buf *out, const struct stanza *s);

/* Adds them to the file at `path` (links are followed; owner and mode stay; nothing else in it changes). Where there is
 * no file, one is made of `sample` (the text of the example, whose [modem front] becomes the first of them), with
 * [gateway] name and number: 0640, of the folder's group. `list` is left out when it is present already.
 * 0; −EINVAL: the file, or what it would become, is wrong (`e` says where), nothing was changed; −EEXIST: nothing to be
 * added; −EAGAIN: somebody else changed it meanwhile; -errno; all with `e`. */
int stanza_write(const char *path, const struct stanza *list, int count, const char *sample, const char *name,
		 const char *number, struct err *e);
