#include "base/holidays.h"

#include <stdio.h>

static void add(int *list, int *count, int year, int month, int day)
{
	if (*count < HOLIDAYS_MAX && month >= 1 && month <= 12 && day >= 1 && day <= 31)
		list[(*count)++] = year * 10000 + month * 100 + day;
}

void holidays_load(const char *path, struct holidays *ret)
{
	char line[256];
	int y, m, d;
	FILE *f = path && *path ? fopen(path, "re") : NULL;
	ret->off_count = ret->on_count = 0;
	while (f && fgets(line, sizeof line, f))
		if (*line == '+' && sscanf(line + 1, "%4d-%2d-%2d", &y, &m, &d) == 3)
			add(ret->on, &ret->on_count, y, m, d);
		else if (*line != '+' && sscanf(line, "%4d-%2d-%2d", &y, &m, &d) == 3)
			add(ret->off, &ret->off_count, y, m, d);
	if (f)
		fclose(f);
}

void holidays_list(const struct holidays *h, struct buf *out)
{
	for (int i = 0; i < h->off_count; i++)
		buf_addf(out, "%04d-%02d-%02d ", h->off[i] / 10000, h->off[i] / 100 % 100, h->off[i] % 100);
}
