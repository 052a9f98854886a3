/* `yishi db`: the database file. */
#include "cli/changes.h"
#include "cli/db_copies.h"
#include "cli/nouns.h"

#include "base/mem.h"
#include "store/retention.h"
#include "store/store.h"
#include "store/upkeep.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static int print_finding(void *ctx, const char *line)
{
	struct cli *c = ctx;
	out_text(&c->out, line);
	fputc('\n', c->out.file);
	return 0;
}

/* A copy: opened to be read, so that it stays as it is. */
static int open_copy(const char *path, struct store **ret)
{
	struct err e = {0};
	char line[600];
	if (access(path, F_OK) != 0)
		return cli_fail(EX_NOINPUT, _("%s cannot be read: %s"), path, err_system(errno));
	int r = store_open(path, STORE_READ_ONLY, ret, &e);
	if (r == -ESTALE)
		return cli_fail(EX_DATAERR,
				_("%s was made by an older version; put it in place and start yishid, which "
				  "brings it up to date"),
				path);
	if (!r)
		return 0;
	if (!e.text[0])
		err_set(&e, path, 0, "%s", err_system(-r));
	return cli_fail(r == -EACCES ? EX_NOPERM : EX_DATAERR, _("the database cannot be opened: %s"),
			err_line(&e, line, sizeof line));
}

static int copy_found(struct store *s, int r, int count)
{
	int status = EX_OK;
	if (r < 0 || count)
		status = cli_fail(EX_DATAERR, _("%s is not sound (%d faults); make another copy"),
				  store_path(s), count ? count : 1);
	else
		printf(_("%s is sound\n"), store_path(s));
	store_close(s);
	return status;
}

static int run_check(struct cli *c)
{
	struct store *s;
	int count = 0, r = c->argc ? open_copy(c->argv[0], &s) : cli_store(c, &s);
	if (r)
		return r;
	r = upkeep_check(s, print_finding, c, &count);
	if (c->argc)
		return copy_found(s, r, count);
	if (r < 0)
		return cli_store_failed(c, r);
	if (count)
		return cli_fail(
		    EX_DATAERR,
		    _("%s has %d faults; stop yishid and put a copy back (yishi db restore latest)"),
		    store_path(s), count);
	printf(_("%s is sound\n"), store_path(s));
	return EX_OK;
}

static int run_vacuum(struct cli *c)
{
	struct store *s;
	struct upkeep_size before, after;
	int r = cli_store(c, &s);
	if (r)
		return r;
	if ((r = upkeep_size(s, &before)) || (r = upkeep_vacuum(s)) || (r = upkeep_size(s, &after)))
		return cli_store_failed(c, r);
	printf(_("%lld KB before, %lld KB now\n"), (long long)before.bytes / 1024,
	       (long long)after.bytes / 1024);
	return EX_OK;
}

static const struct out_column stats_columns[] = {
    {"table", N_("table"), OUT_TEXT, 0},
    {"rows", N_("rows"), OUT_INT, 0},
    {0},
};

static int print_table(void *ctx, const char *name, int64_t rows)
{
	struct cli *c = ctx;
	out_row(&c->out, json_pack("{ss sI}", "table", name, "rows", (json_int_t)rows));
	return 0;
}

static int run_stats(struct cli *c)
{
	struct store *s;
	struct upkeep_size size;
	int r = cli_store(c, &s);
	if (r)
		return r;
	out_begin(&c->out, stats_columns);
	r = upkeep_tables(s, print_table, c);
	out_end(&c->out);
	if (!r)
		r = upkeep_size(s, &size);
	if (r)
		return cli_store_failed(c, r);
	if (c->out.mode == OUT_TABLE)
		printf(_("\n%s: schema %d, %lld KB, of them %lld KB free\n"), store_path(s), size.schema,
		       (long long)size.bytes / 1024, (long long)size.free_bytes / 1024);
	return EX_OK;
}

/* ------------------------------------------------------------------------------------------------ retention */

static const struct out_column retention_columns[] = {
    {"kind", N_("kept by"), OUT_TEXT, 0},
    {"what", N_("what"), OUT_WORD, 0},
    {"before", N_("older than"), OUT_TIME, 0},
    {"rows", N_("rows"), OUT_INT, 0},
    {0},
};

static const struct cli_option retention_options[] = {
    {"dry-run", NULL, N_("remove nothing, and say how much would go"), false},
    {0},
};

static int print_sort(void *ctx, const struct retention_sort *t)
{
	struct cli *c = ctx;
	char key[32];
	snprintf(key, sizeof key, "retention_%s", retention_kind_name(t->kind));
	out_row(&c->out, json_pack("{ss ss so sI}", "kind", key, "what", t->what, "before",
				   out_time(t->before_utc), "rows", (json_int_t)t->rows));
	return 0;
}

static int run_pieces(struct cli *c, struct store *s, struct retention *run)
{
	char actor[32];
	int n, r;
	do
		r = retention_piece(run, s, RETENTION_ROWS, 0, &n);
	while (r == 1);
	if (!r)
		r = retention_end(run, s, cli_actor(actor), cli_now(c));
	return r < 0 ? r : upkeep_scrub(s);
}

static int run_retention(struct cli *c)
{
	const struct config *cfg;
	struct store *s;
	struct retention run;
	bool dry = cli_opt(c, "dry-run") != NULL;
	int r = cli_config(c, &cfg);
	if (r || (r = cli_store(c, &s)))
		return r;
	if (!dry && !cli_confirm(c, _("Remove for good what was kept for long enough?")))
		return cli_fail(CLI_NOTHING, "%s", _("nothing was changed; say --yes to do it"));
	retention_begin(&run, cfg, cli_now(c));
	int scrubbed = dry ? 1 : run_pieces(c, s, &run);
	if (scrubbed < 0)
		return cli_store_failed(c, scrubbed);
	out_begin(&c->out, retention_columns);
	r = dry ? retention_preview(&run, s, print_sort, c) : retention_done(&run, print_sort, c);
	out_end(&c->out);
	if (r < 0)
		return cli_store_failed(c, r);
	if (!scrubbed)
		cli_note("%s", _("somebody reads the database just now: what went stays in its -wal file until "
				 "that begins anew"));
	if (!dry)
		changes_wake(c);
	return EX_OK;
}

const struct cli_verb cli_db[] = {
    {.name = "check",
     .run = run_check,
     .what = N_("is the database sound, or a copy of it?"),
     .args = "[FILE]",
     .max_args = 1,
     .roles = CLI_INSTALLER,
     .example = "yishi db check\nyishi db check /media/stick/yishi.db"},
    {.name = "backup",
     .run = db_backup,
     .what = N_("copy the database while everything runs"),
     .args = "[FILE]",
     .max_args = 1,
     .roles = CLI_SECRETARY | CLI_INSTALLER,
     .example = "yishi db backup /media/stick/yishi.db",
     .more = N_(
	 "Without FILE the copy goes into [gateway] backup_dir, is checked and stands in `yishi db list`; the "
	 "daemon makes one there every night. The private words are in the copies of the daemon alone.")},
    {.name = "list",
     .run = db_copies,
     .what = N_("the copies of the database, and nights on which there was none"),
     .common = CLI_LIST,
     .roles = CLI_SECRETARY | CLI_INSTALLER,
     .example = "yishi db list\nyishi db list --since -7d --json"},
    {.name = "restore",
     .run = db_restore,
     .what = N_("put a copy in the place of the database"),
     .args = "FILE|latest",
     .min_args = 1,
     .max_args = 1,
     .common = CLI_YES,
     .roles = CLI_INSTALLER,
     .example =
	 "yishi db restore latest --yes\nyishi db restore /var/backups/yishi/yishi-20261122-023000.db --yes",
     .more =
	 N_("The daemon must be stopped. The copy is checked first; what was in its place is kept beside it as "
	    "FILE.replaced-TIME, with the owner and the rights that it had; the newest three of these stay, "
	    "and of "
	    "what an update set aside (FILE.before-N). What came in since the copy was made is not in it. FILE "
	    "may "
	    "be the name of a copy in [gateway] backup_dir.")},
    {.name = "vacuum",
     .run = run_vacuum,
     .what = N_("give back the room of deleted rows"),
     .roles = CLI_INSTALLER,
     .example = "yishi db vacuum"},
    {.name = "retention",
     .run = run_retention,
     .what = N_("remove what was kept for long enough, as every night"),
     .common = CLI_FORMATS | CLI_YES,
     .options = retention_options,
     .roles = CLI_SECRETARY | CLI_INSTALLER,
     .example = "yishi db retention --dry-run\nyishi db retention --yes",
     .more =
	 N_("The daemon does it by itself at night; [gateway] retention_pdu, retention_text and "
	    "retention_private say how long things are kept, 0 for ever. Of what is open nothing goes. Copies "
	    "that were made before (backups, FILE.before-N, FILE.replaced-TIME) still hold everything until "
	    "they are deleted.")},
    {.name = "stats",
     .run = run_stats,
     .what = N_("rows of each table, size of the file"),
     .common = CLI_FORMATS,
     .roles = CLI_INSTALLER,
     .example = "yishi db stats --json"},
    {0},
};
