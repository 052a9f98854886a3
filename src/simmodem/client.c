#include "simmodem/client.h"

#include <errno.h>
#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <sysexits.h>
#include <unistd.h>

static int unreachable(const char *path)
{
	fprintf(stderr, "yishi-simmodem: no emulator at %s: %s\n", path, strerror(errno));
	return EX_UNAVAILABLE;
}

static int print_answer(const char *line)
{
	json_t *answer = json_loads(line, 0, NULL);
	int r = json_is_true(json_object_get(answer, "ok")) ? 0 : 1;
	json_decref(answer);
	fputs(line, stdout);
	return r;
}

static int print_events(FILE *f)
{
	char *line = NULL;
	size_t cap = 0;
	for (int n = 0; getline(&line, &cap, f) > 0; n++)
		if (n) { /* the first line is the answer to our subscription */
			fputs(line, stdout);
			fflush(stdout);
		}
	free(line);
	return 0;
}

int client_run(const char *path, const char *request)
{
	struct sockaddr_un a = {.sun_family = AF_UNIX};
	if (strlen(path) >= sizeof a.sun_path) {
		errno = ENAMETOOLONG;
		return unreachable(path);
	}
	strcpy(a.sun_path, path);
	int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
	FILE *f = fd >= 0 ? fdopen(fd, "r+") : NULL;
	if (!f || connect(fd, (struct sockaddr *)&a, sizeof a))
		return unreachable(path);
	int r = EX_UNAVAILABLE;
	char *line = NULL;
	size_t cap = 0;
	fprintf(f, "%s\n", request ? request : "{\"do\":\"subscribe\"}");
	fflush(f);
	if (!request)
		r = print_events(f);
	else if (getline(&line, &cap, f) > 0)
		r = print_answer(line);
	free(line);
	fclose(f);
	return r;
}
