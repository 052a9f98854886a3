/* Any bytes as a request to yishi-root, and as its answer: refused with a sentence or taken, and what is taken for a
 * socket is no path. */
#include "hw/root_request.h"

#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct root_request q;
	const char *why = NULL;
	char said[ROOT_SAID];
	if (root_request_parse((const char *)data, size, &q, &why)) {
		if (!why || !*why)
			abort();
	} else if (q.verb != ROOT_CLOCK && (!*q.stick || strchr(q.stick, '/') || strstr(q.stick, "..")))
		abort();
	root_answer_parse((const char *)data, size, said);
	return 0;
}
