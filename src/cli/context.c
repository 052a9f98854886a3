/* What a handler asks of its surroundings: configuration, database, clock, files, questions, errors. */
#include "cli/cli.h"
#include "cli/control.h"
#include "cli/csv.h"

#include "base/file.h"
#include "base/mem.h"
#include "base/paths.h"
#include "base/text.h"
#include "store/grid.h"
#include "store/store.h"

#include <errno.h>
#include <grp.h>
#include <libgen.h>
#include <limits.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/stat.h>
#include <unistd.h>

static void print_line(const char *fmt, va_list ap) __attribute__((format(printf, 1, 0)));
static void print_line(const char *fmt, va_list ap)
{
	char line[1024];
	vsnprintf(line, sizeof line, fmt, ap);
	text_mask_controls(line);
	fflush(stdout);
	fprintf(stderr, "yishi: %s\n", line);
}

int cli_fail(int status, const char *fmt, ...)
{
	va_list ap;
	va_start(ap, fmt);
	print_line(fmt, ap);
	va_end(ap);
	return status;
}

int cli_usage(const struct cli *c, const char *fmt, ...)
{
	char text[512];
	va_list ap;
	va_start(ap, fmt);
	vsnprintf(text, sizeof text, fmt, ap);
	va_end(ap);
	return cli_fail(EX_USAGE, _("%s; see `yishi %s%s%s --help`"), text, c->noun->name,
			*c->verb->name ? " " : "", c->verb->name);
}

void cli_note(const char *fmt, ...)
{
	va_list ap;
	va_start(ap, fmt);
	print_line(fmt, ap);
	va_end(ap);
}

int cli_integer(const struct cli *c, const char *text, const char *what, int64_t min, int64_t *ret)
{
	char *end;
	errno = 0;
	long long v = strtoll(text, &end, 10);
	if (end == text || *end || errno || v < min)
		return cli_usage(c, _("%s wants a whole number from %lld up, not %.40s"), what, (long long)min,
				 text);
	*ret = v;
	return 0;
}

int cli_id(const struct cli *c, int n, int64_t *ret)
{
	return cli_integer(c, c->argv[n], c->verb->args, 1, ret);
}

int cli_when(struct cli *c, const char *text, const char *what, int64_t *ret_utc)
{
	if (when_parse(text, cli_now(c), ret_utc))
		return cli_usage(
		    c, _("%s wants a time such as \"fri 09:00\", \"2026-11-20 15:00\" or \"+2h\", not %.40s"),
		    what, text);
	return 0;
}

int cli_number(const struct cli *c, const char *text, char ret[E164_MAX])
{
	if (!e164_is_person(e164_parse(text, ret)))
		return cli_usage(c, _("%.40s is no telephone number of a person"), text);
	return 0;
}

int cli_config(struct cli *c, const struct config **ret)
{
	char path[PATH_MAX], line[600];
	struct err e;
	if (!c->config) {
		paths_config(c->config_given, path, sizeof path);
		int r = config_load(path, &c->config, &e);
		if (r)
			return cli_fail(r == -EACCES ? EX_NOPERM : EX_CONFIG, "%s",
					err_line(&e, line, sizeof line));
	}
	if (ret)
		*ret = c->config;
	if (c->clock_ready)
		return 0;
	clock_set_zone(c->config->timezone);
	if (wall_clock_init(&c->clock, c->config->test_clock))
		return cli_fail(
		    EX_CONFIG, "%s",
		    _("YISHI_CLOCK is set, but the configuration does not say test_clock = yes; unset it"));
	c->clock_ready = true;
	return 0;
}

/* The database or its folder, when it is not for us: who may, and whom to ask. */
static int not_permitted(const char *path)
{
	cleanup_free char *copy = mem_dup(path);
	const char *folder = dirname(copy);
	const char *what = access(path, F_OK) == 0 && access(path, R_OK | W_OK) != 0 ? path
			   : access(folder, W_OK | X_OK) != 0                        ? folder
										     : NULL;
	struct stat st;
	if (!what || errno == ENOENT)
		return 0;
	if (errno == EROFS)
		return cli_fail(EX_UNAVAILABLE,
				_("%s lies on a disk that can only be read; look after the disk"), what);
	const struct group *g = stat(what, &st) == 0 && st.st_gid ? getgrgid(st.st_gid) : NULL;
	return g ? cli_fail(EX_NOPERM,
			    _("%s is not for you to write; let whoever installed the gateway add you to the "
			      "group %s"),
			    what, g->gr_name)
		 : cli_fail(
		       EX_NOPERM,
		       _("%s is not for you to write; let whoever installed the gateway give it to a group"),
		       what);
}

static const char *remedy(int r)
{
	switch (-r) {
	case EBUSY:
		return _("try again in a moment");
	case EPROTO:
		return _("install the version that fits");
	case ESTALE:
		return _("an older yishid is at work on it: systemctl restart yishi");
	case ENOENT:
	case ENOTDIR:
	case EISDIR:
	case EEXIST:
		return _("look at [gateway] database in the configuration");
	case ENOSPC:
		return _("make room on the disk");
	}
	return _("put the youngest backup in its place: stop yishid, then yishi db restore latest");
}

static int not_opened(const char *path, int r, struct err *e)
{
	char line[600];
	int status = not_permitted(path);
	if (status)
		return status;
	if (!e->text[0])
		err_set(e, path, 0, "%s", err_system(-r));
	return cli_fail(r == -EACCES || r == -EPERM ? EX_NOPERM
			: r == -EBUSY               ? EX_TEMPFAIL
						    : EX_UNAVAILABLE,
			_("the database cannot be opened: %s; %s"), err_line(e, line, sizeof line), remedy(r));
}

/* A list of a grid that does not exist is no empty list: the code was mistyped. */
static int check_grid(struct cli *c)
{
	const char *grid = c->verb->common & CLI_LIST ? cli_opt(c, "grid") : NULL;
	if (!grid || !*grid || grid_known(c->store, grid) != -EINVAL)
		return 0;
	return cli_fail(EX_DATAERR, _("there is no grid %s; `yishi grid list` shows them"), grid);
}

int cli_store(struct cli *c, struct store **ret)
{
	const struct config *cfg;
	struct err e = {0};
	int r = cli_config(c, &cfg);
	if (r)
		return r;
	if (!c->store) {
		r = store_open(cfg->database, STORE_TOOL, &c->store, &e);
		if (r == -ESTALE && !control_answered(cfg)) {
			e = (struct err){0};
			r = store_open(cfg->database, STORE_DAEMON, &c->store, &e);
		}
		if (r)
			return not_opened(cfg->database, r, &e);
		if ((r = check_grid(c)))
			return r;
	}
	*ret = c->store;
	return 0;
}

int cli_store_failed(struct cli *c, int r)
{
	const char *why = c->store ? store_error(c->store) : "";
	if (r == -EBUSY)
		return cli_fail(EX_TEMPFAIL, "%s", _("the database is busy; try again in a moment"));
	if (r == -ENOSPC)
		return cli_fail(EX_CANTCREAT, "%s", _("the disk is full; make room and try again"));
	return cli_fail(EX_IOERR, _("%s: %s (%s); `yishi db check` looks at the database"),
			store_path(c->store), err_system(-r), why);
}

/* Without a configuration there is no zone and no test clock; a broken one is reported when a verb asks for it.
 */
int64_t cli_now(struct cli *c)
{
	if (!c->clock_ready && c->config)
		cli_config(c, NULL);
	return wall_clock_now(&c->clock);
}

char *cli_actor(char *buf)
{
	snprintf(buf, 32, "shell:%u", (unsigned)getuid());
	return buf;
}

int cli_list_begin(struct cli *c, const struct out_column *columns, struct store **ret)
{
	int r = cli_store(c, ret);
	if (!r)
		out_begin(&c->out, columns);
	return r;
}

bool cli_list_more(struct cli *c)
{
	return c->limit-- > 0;
}

int cli_list_end(struct cli *c, int r)
{
	if (r >= 0 && c->out.mode == OUT_TABLE && !c->out.row_count)
		cli_note("%s", _("nothing is there to be listed"));
	out_end(&c->out);
	return r < 0 ? cli_store_failed(c, r) : EX_OK;
}

int cli_read_file(const char *path, size_t max, char **ret, size_t *ret_len)
{
	cleanup_buf struct buf text = {0};
	struct err e = {0};
	char line[600];
	int r = file_read(path, max, &text, &e);
	if (r)
		return cli_fail(r == -EINVAL ? EX_DATAERR : EX_NOINPUT, "%s", err_line(&e, line, sizeof line));
	*ret_len = text.len;
	*ret = buf_take(&text);
	return 0;
}

int cli_read_csv(const char *path, size_t max, char **ret)
{
	cleanup_free char *bytes = NULL;
	struct err e = {0};
	size_t len;
	int r = cli_read_file(path, max, &bytes, &len);
	if (!r && csv_decode(bytes, len, ret, &e))
		r = cli_fail(EX_DATAERR, "%s: %s", path, e.text);
	return r;
}

bool cli_confirm(const struct cli *c, const char *question)
{
	char line[16] = "";
	if (c->yes)
		return true;
	if (!isatty(STDIN_FILENO) || !isatty(STDERR_FILENO))
		return false;
	fflush(stdout);
	fprintf(stderr, "%s [y/N] ", question);
	if (!fgets(line, sizeof line, stdin))
		return false;
	return !strncasecmp(line, "y", 1) || !strncmp(line, "是", 3) || !strncmp(line, "好", 3);
}
