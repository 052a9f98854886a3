#include "simmodem/fault.h"
#include "base/text.h"

#include <string.h>

const struct fault_info fault_infos[FAULT_ID_COUNT] = {
#define X(id, name, kind, what) {name, kind, what},
    FAULTS(X)
#undef X
};

int fault_find(const char *name)
{
	for (int i = 0; i < FAULT_ID_COUNT; i++)
		if (!strcmp(fault_infos[i].name, name))
			return i;
	return -1;
}

static bool zero_means_something(enum fault_id id)
{
	return id == F_REPORT_STATUS || id == F_REGISTRATION || id == F_CREG || id == F_CEREG;
}

void fault_set(struct fault *f, enum fault_id id, int64_t value, const char *text, int64_t count)
{
	f->value = value;
	f->after = 0;
	if (text != f->text)
		text_copy(f->text, sizeof f->text, text ? text : "");
	switch (fault_infos[id].kind) {
	case FAULT_SWITCH:
		f->left = value ? -1 : 0;
		break;
	case FAULT_COUNT:
		f->left = count ? count : value;
		break;
	case FAULT_VALUE:
		f->left = count ? count : id == F_CMS ? 1 : -1;
		if (zero_means_something(id) ? value < 0 : !value && !*f->text)
			f->left = 0;
		break;
	case FAULT_ACTION:
		f->left = 0;
		f->spoilt++;
		break;
	}
}

void fault_set_after(struct fault *f, int64_t value, const char *text, int64_t count, int64_t after)
{
	f->value = value;
	f->count = count;
	f->after = after;
	f->left = 0;
	text_copy(f->text, sizeof f->text, text ? text : "");
}

bool fault_due(struct fault *f)
{
	return f->after > 0 && --f->after == 0;
}

bool fault_on(const struct fault *f)
{
	return f->left != 0;
}

bool fault_take(struct fault *f)
{
	if (!f->left)
		return false;
	if (f->left > 0)
		f->left--;
	f->spoilt++;
	return true;
}

void fault_help(struct buf *out)
{
	for (int i = 0; i < FAULT_ID_COUNT; i++)
		buf_addf(out, "  %-15s %s\n", fault_infos[i].name, fault_infos[i].what);
}
