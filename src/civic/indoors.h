/* Does a trouble lie inside somebody's own flat? It is mended there, is not the neighbour's, and no meeting talks of it by
 * itself. Words alone tell it; pure. */
#pragma once

#include <stdbool.h>

bool indoors(const char *text);
