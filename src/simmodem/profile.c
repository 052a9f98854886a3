#include "simmodem/profile.h"

#include <string.h>

const struct profile *profile_at(int n)
{
	int i = 0;
	while (i < n && profile_table[i].name)
		i++;
	return n >= 0 && profile_table[i].name ? &profile_table[i] : NULL;
}

const struct profile *profile_find(const char *name)
{
	for (const struct profile *p = profile_table; p->name; p++)
		if (!strcmp(p->name, name))
			return p;
	return NULL;
}
