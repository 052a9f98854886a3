/* The text mode of 3GPP TS 27.005 clause 3: headers and texts as +CMGL, +CMGR and +CMT show them with +CMGF=1.
 */
#pragma once

#include "simmodem/modem.h"

/* "+CMT: …\ntext" or "+CDS: …"; false when the PDU cannot be read (it is shown in hex then). */
bool text_mode_urc(struct modem *m, const struct pdu *p, struct buf *out);
/* The fields after "+CMGR: " (index < 0) or "+CMGL: <index>," and the text on the next line. */
bool text_mode_entry(struct modem *m, const char *prefix, int index, const struct slot *s, struct buf *out);
/* A text typed at the prompt, composed into one SUBMIT. −EINVAL, −E2BIG. */
int text_mode_submit(struct modem *m, const char *number, const char *text, struct pdu *ret);
/* The state for a name such as "REC UNREAD", −1 for no name. SLOT_FREE stands for ALL. */
int text_mode_state_find(const char *name);
