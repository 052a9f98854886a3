#include "base/event_kinds.h"

#include <string.h>

const struct event_kind_info event_kinds[EVENT_KIND_COUNT] = {
#define X(id, name, body, what) [EVENT_##id] = {name, body, what},
    EVENT_KINDS(X)
#undef X
};

int event_kind_find(const char *name)
{
	for (int i = 0; i < EVENT_KIND_COUNT; i++)
		if (!strcmp(event_kinds[i].name, name))
			return i;
	return -1;
}
