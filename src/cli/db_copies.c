#include "cli/db_copies.h"
#include "cli/control.h"

#include "base/mem.h"
#include "store/backup.h"
#include "store/copies.h"
#include "store/copy.h"
#include "store/private.h"
#include "store/schema.h"
#include "store/store.h"
#include "store/upkeep.h"
#include "store/worklist.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* ------------------------------------------------------------------------------------------------ backup */

/* Into [gateway] backup_dir, where it counts as the copy of the day: checked, and written down. */
static int note_copy(struct cli *c, struct store *s, const char *path, const char *name, int64_t begun)
{
	struct stat st = {0};
	char actor[32];
	cleanup_free char *first = NULL;
	int count = 0, r = copy_check(path, &copy_hurry, &count, &first);
	if (r || count) {
		unlink(path);
		return cli_fail(EX_DATAERR,
				_("%s was not sound (%s) and is gone again; look at yishi db check"), path,
				first ? first : err_system(-r));
	}
	stat(path, &st);
	r = backup_add(s,
		       &(struct backup){.begun_utc = begun,
					.ended_utc = cli_now(c),
					.result = backup_result_name(BACKUP_OK),
					.file = name,
					.bytes = (int64_t)st.st_size,
					.detail = ""},
		       cli_actor(actor), cli_now(c));
	/* by hand: this is the place, whatever disk it is on */
	if (!r)
		r = cursor_set(s, "backup_apart", 0);
	return r ? cli_store_failed(c, r) : EX_OK;
}

int db_backup(struct cli *c)
{
	const struct config *cfg;
	struct store *s;
	char name[COPY_NAME];
	int r = cli_config(c, &cfg);
	if (r || (r = cli_store(c, &s)))
		return r;
	if (!c->argc && !cfg->backup_dir)
		return cli_usage(c, "%s", _("FILE is missing, and the configuration has no backup_dir"));
	int64_t begun = cli_now(c);
	copies_name(begun, name);
	cleanup_free char *to = c->argc ? mem_dup(c->argv[0]) : mem_printf("%s/%s", cfg->backup_dir, name);
	if (!c->argc)
		mkdir(cfg->backup_dir, 0770);
	r = upkeep_backup(s, to);
	if (r == -EEXIST)
		return cli_fail(EX_CANTCREAT, _("%s is already there; name another file"), to);
	if (r)
		return cli_fail(EX_CANTCREAT, _("%s cannot be written: %s"), to,
				r == -EIO ? store_error(s) : err_system(-r));
	if (!c->argc && (r = note_copy(c, s, to, name, begun)))
		return r;
	printf(_("the database was copied to %s\n"), to);
	return EX_OK;
}

/* ------------------------------------------------------------------------------------------------ list */

static const struct out_column copy_columns[] = {
    {"time", N_("time"), OUT_TIME, 0},
    {"result", N_("result"), OUT_WORD, 0},
    {"file", N_("file"), OUT_TEXT, 0},
    {"bytes", N_("bytes"), OUT_INT, 0},
    {"private", N_("private words"), OUT_BOOL, 0},
    {"there", N_("is there"), OUT_BOOL, 0},
    {"detail", N_("detail"), OUT_TEXT, 40},
    {0},
};

struct listing {
	struct cli *c;
	const char *folder; /* NULL: none */
	struct copy_file *files;
	int count;
	long rows;
};

static void put_row(struct listing *l, int64_t utc, const char *result, const char *file, int64_t bytes,
		    bool private, bool there, const char *detail)
{
	if (utc < l->c->since_utc || l->rows >= l->c->limit)
		return;
	l->rows++;
	out_row(&l->c->out, json_pack("{so ss so sI sb sb so}", "time", out_time(utc), "result", result, "file",
				      out_string(*file ? file : NULL), "bytes", (json_int_t)bytes, "private",
				      private, "there", there, "detail", out_string(*detail ? detail : NULL)));
}

static int print_try(void *ctx, const struct backup *b)
{
	struct listing *l = ctx;
	bool there = false, private = b->private;
	for (int i = 0; i < l->count; i++)
		if (*b->file && !strcmp(l->files[i].name, b->file)) {
			there = true;
			private = l->files[i].private;
			l->files[i].name[0] = 0;
		}
	put_row(l, b->ended_utc, b->result, b->file, b->bytes, private, there, b->detail);
	return 0;
}

int db_copies(struct cli *c)
{
	const struct config *cfg;
	struct store *s;
	struct listing l = {.c = c};
	int r = cli_config(c, &cfg);
	if (r || (r = cli_store(c, &s)))
		return r;
	int n = cfg->backup_dir ? copies_list(cfg->backup_dir, &l.files) : 0;
	l.count = n > 0 ? n : 0;
	out_begin(&c->out, copy_columns);
	r = backup_each(s, BACKUP_MAX, print_try, &l);
	/* those that are older than the rows, or were made by a script */
	for (int i = 0; i < l.count; i++)
		if (l.files[i].name[0])
			put_row(&l, l.files[i].utc, "", l.files[i].name, l.files[i].bytes,
				l.files[i].private != 0, true, "");
	out_end(&c->out);
	if (n > 0)
		free(l.files);
	if (r < 0)
		return cli_store_failed(c, r);
	if (!cfg->backup_dir)
		cli_note("%s", _("there is no [gateway] backup_dir: no copies are made at night"));
	else if (n < 0)
		cli_note(_("%s: %s; is the stick plugged in?"), cfg->backup_dir, err_system(-n));
	return EX_OK;
}

/* ------------------------------------------------------------------------------------------------ restore */

/* A path, the name of a copy in backup_dir, or "latest". NULL: there is none. */
static char *find_copy(const struct config *cfg, const char *given)
{
	struct copy_file *list;
	if (strchr(given, '/') || access(given, F_OK) == 0 || !cfg->backup_dir)
		return mem_dup(given);
	if (strcmp(given, "latest") != 0)
		return mem_printf("%s/%s", cfg->backup_dir, given);
	int n = copies_list(cfg->backup_dir, &list);
	char *found = n > 0 ? mem_printf("%s/%s", cfg->backup_dir, list[0].name) : NULL;
	if (n >= 0)
		free(list);
	return found;
}

static int fits(const char *file)
{
	int version, r = copy_version(file, &version);
	if (r == -ENOENT || r == -EACCES)
		return cli_fail(r == -ENOENT ? EX_NOINPUT : EX_NOPERM, _("%s cannot be read: %s"), file,
				err_system(-r));
	if (r)
		return cli_fail(EX_DATAERR, _("%s is no copy of a database of yishi; yishi db list names them"),
				file);
	if (version > store_schema_version)
		return cli_fail(
		    EX_UNAVAILABLE,
		    _("%s has schema %d, this program knows %d; install the version of yishi that made it"),
		    file, version, store_schema_version);
	return EX_OK;
}

static int put_back(struct cli *c, const struct config *cfg, const char *file)
{
	char name[COPY_NAME];
	cleanup_free char *kept = NULL, *why = NULL;
	copies_name(cli_now(c), name);
	cleanup_free char *stamp = mem_printf("%.15s", name + strlen("yishi-"));
	int r = copy_restore(file, cfg->database, stamp, cli_now(c), &kept, &why);
	if (r == -EBADMSG)
		return cli_fail(EX_DATAERR, _("%s is not sound (%s); nothing was changed, take another copy"),
				file, why ? why : "");
	if (r)
		return cli_fail(EX_CANTCREAT, _("%s cannot be put in place: %s; nothing was changed"), file,
				why ? why : err_system(-r));
	/* under the same time as the database itself */
	int words = private_restore(cfg->database, file, kept + strlen(cfg->database) + strlen(".replaced-"));
	printf(_("%s is in place again; what was there is kept as %s\n"), file, kept);
	if (words == 1)
		printf("%s\n", _("the private words were put back, too"));
	else if (words < 0)
		cli_note(_("the private words stay as they are: %s"), err_system(-words));
	printf("%s\n", _("start yishid: systemctl start yishi"));
	return EX_OK;
}

int db_restore(struct cli *c)
{
	const struct config *cfg;
	int r = cli_config(c, &cfg);
	if (r)
		return r;
	cleanup_free char *file = find_copy(cfg, c->argv[0]);
	if (!cfg->backup_dir && !strcmp(c->argv[0], "latest") && access("latest", F_OK) != 0)
		return cli_fail(
		    EX_NOINPUT, "%s",
		    _("there is no [gateway] backup_dir to take the latest copy from; name a file"));
	if (!file)
		return cli_fail(EX_NOINPUT, _("there is no copy in %s; is the stick plugged in?"),
				cfg->backup_dir);
	if (control_answered(cfg))
		return cli_fail(EX_TEMPFAIL, "%s",
				_("yishid runs; stop it first (systemctl stop yishi), then again"));
	if ((r = fits(file)))
		return r;
	cleanup_free char *question = mem_printf(_("Put %s in the place of %s?"), file, cfg->database);
	if (!cli_confirm(c, question))
		return cli_fail(CLI_NOTHING, "%s", _("nothing was changed; say --yes to do it"));
	return put_back(c, cfg, file);
}
