#include "civic/summary.h"

#include <stdlib.h>

void summary_free(struct summary *s)
{
	if (!s)
		return;
	figures_done(&s->whole);
	figures_done(&s->before);
	figures_done(&s->private);
	for (int i = 0; i < s->part_count; i++)
		figures_done(&s->parts[i]);
	for (int i = 0; i < CATEGORY_COUNT; i++)
		figures_done(&s->category[i]);
	for (int i = 0; i < s->grid_count; i++)
		figures_done(&s->grids[i].f);
	spread_done(&s->help.seconds);
	free(s->grids);
	free(s);
}
