/* `yishi modem probe --write`: the sections into the configuration, which is made when there is none. */
#include "cli/config_write.h"
#include "cli/modem_probe.h"

#include "base/mem.h"
#include "base/paths.h"
#include "base/text.h"

#include <errno.h>
#include <grp.h>
#include <libgen.h>
#include <limits.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static int ask_line(const char *question, char *buf, size_t size)
{
	if (!isatty(STDIN_FILENO) || !isatty(STDERR_FILENO))
		return -1;
	fprintf(stderr, "%s ", question);
	if (!fgets(buf, (int)size, stdin))
		return -1;
	buf[strcspn(buf, "\r\n")] = 0;
	return *buf ? 0 : -1;
}

static int read_sample(char **ret)
{
	static const char *const places[] = {"yishi.conf.example", "scripts/yishi.conf.example"};
	char dir[PATH_MAX], path[PATH_MAX + 32];
	size_t len;
	if (paths_data(dir, sizeof dir))
		dir[0] = 0;
	for (size_t i = 0; i < ARRAY_LEN(places); i++) {
		snprintf(path, sizeof path, "%s/%s", dir, places[i]);
		if (access(path, R_OK) == 0)
			return cli_read_file(path, 1 << 20, ret, &len);
	}
	return cli_fail(
	    EX_OSFILE, "%s",
	    _("the example of a configuration is not found; install yishi anew, or set YISHI_DATA"));
}

/* Name and number of a gateway that has no configuration yet. */
static int basics(struct cli *c, const struct stanza *list, int count, char *name, size_t size,
		  char number[E164_MAX])
{
	const char *n = cli_opt(c, "name"), *t = cli_opt(c, "number");
	char typed[64];
	text_copy(name, size, n ? n : "");
	if (!*name && ask_line(_("Name of the community:"), name, size))
		return cli_fail(EX_USAGE, "%s",
				_("a new configuration wants --name and --number: the community, and "
				  "the number that residents text"));
	text_copy(typed, sizeof typed, t ? t : "");
	/* one SIM that tells its number: most tell none, and some a former owner's */
	if (!*typed && count == 1 && e164_is_person(e164_parse(list->number, number))) {
		cli_note(_("number = %s, as the SIM says; put it right in the file, or give --number, when it "
			   "has another"),
			 number);
		return EX_OK;
	}
	if (!*typed && ask_line(_("Number that residents text:"), typed, sizeof typed))
		return cli_fail(EX_USAGE, "%s",
				_("a new configuration wants --number: the number of the SIM, which "
				  "residents text"));
	return cli_number(c, typed, number);
}

/* The package makes it; whoever installed by hand may not have it yet. */
static void make_folder(const char *path)
{
	cleanup_free char *copy = mem_dup(path);
	const char *folder = dirname(copy);
	const struct group *g = getgrnam("yishi");
	if (mkdir(folder, 0750) == 0 && g && chown(folder, (uid_t)-1, g->gr_gid) == 0)
		(void)chmod(folder, 02750); /* files in it are the gateway's group's */
}

int modem_probe_write(struct cli *c, const struct stanza *list, int count)
{
	char path[PATH_MAX], name[128] = "", number[E164_MAX] = "", line[600];
	cleanup_free char *sample = NULL;
	struct err e = {0};
	int r;
	if (!count)
		return EX_OK;
	paths_config(c->config_given, path, sizeof path);
	if (access(path, F_OK) != 0 &&
	    ((r = read_sample(&sample)) || (r = basics(c, list, count, name, sizeof name, number))))
		return r;
	if (sample)
		make_folder(path);
	r = stanza_write(path, list, count, sample ? sample : "", name, number, &e);
	if (r == -EEXIST) {
		cli_note("%s", err_line(&e, line, sizeof line));
		return EX_OK;
	}
	return config_written(path, r, &e);
}
