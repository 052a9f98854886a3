/* Any bytes as a configuration file: refused with a sentence or taken, never a crash, never a leak. */
#include "base/config.h"

#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char path[64];
	snprintf(path, sizeof path, "/tmp/yishi-fuzz-conf-%d", (int)getpid());
	FILE *f = fopen(path, "wbe");
	if (!f)
		return 0;
	fwrite(data, 1, size, f);
	fclose(f);
	struct config *c = NULL;
	struct err e = {0};
	if (config_load(path, &c, &e) == 0) {
		FILE *sink = fopen("/dev/null", "we");
		if (sink) {
			config_print(c, sink);
			fclose(sink);
		}
		config_free(c);
	} else if (!e.text[0])
		abort(); /* every refusal says why */
	unlink(path);
	return 0;
}
