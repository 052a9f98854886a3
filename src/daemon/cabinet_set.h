/* All cabinets of one configuration made ready, with the maps they use: what the polling works on, and what `yishid --check`
 * checks. A poll that is under way keeps the set it began with. */
#pragma once

#include "hw/cabinet.h"

#define CABINET_POLL_MIN_MS    100
#define CABINET_POLL_MAX_MS    86400000
#define CABINET_TIMEOUT_MIN_MS 20
#define CABINET_TIMEOUT_MAX_MS 10000

struct cabinet_set {
	int users;                   /* polls under way, and one for whoever made it */
	const struct config *config; /* borrowed; owned once it is `retired` */
	bool retired;
	struct register_maps maps;
	struct cabinet cabinet[CONFIG_CABINETS];
	int count;
};

/* Also: two cabinets on one serial port agree on speed and frame, times are within the bounds above. -EINVAL with file and line in
 * `e`. `config` outlives it, until cabinet_set_retire. */
int cabinet_set_new(const struct config *config, struct cabinet_set **ret, struct err *e);
struct cabinet_set *cabinet_set_use(struct cabinet_set *s);
void cabinet_set_unuse(struct cabinet_set *s); /* NULL is harmless */
/* Its maker needs it no more; takes `config`, which is freed with the last user. */
void cabinet_set_retire(struct cabinet_set *s, struct config *config);
