/* The modem that a line was last found on: by it a line whose path is gone is found under another name. */
#pragma once

#include "store/store.h"

#include <stddef.h>

/* The IMEI that was learned while `device` was what the configuration said; "" when there is none, or when
 * it says something else by now. */
int line_port_learned(struct store *s, const char *name, const char *device, char *imei, size_t size);
/* Writes nothing when nothing changed. */
int line_port_learn(struct store *s, const char *name, const char *device, const char *imei, int64_t now_utc);
