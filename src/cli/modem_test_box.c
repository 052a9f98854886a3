/* The acceptance test's steps about the box: disk, rights, configuration, people, backups. */
#include "cli/modem_test.h"

#include "base/language.h"
#include "base/mem.h"
#include "base/text.h"
#include "hw/usb_supply.h"
#include "store/person.h"
#include "store/store.h"

#include <ctype.h>
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <libgen.h>
#include <limits.h>
#include <pwd.h>
#include <spawn.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <sys/wait.h>
#include <unistd.h>

#define DAEMON_USER  "yishi"
#define DAEMON_GROUP "dialout"
#define FULL_MB      100
#define SCARCE_MB    500
#define SLOW_MS      300
#define SYNCS        3
#define GROUPS_MAX   64
#define CHECK_MAX    16384 /* bytes of what yishid --check says that are read */
#define COMM_MAX     32

/* ------------------------------------------------------------------------------------------------ the disk */

/* The slowest of some small writes until they are safe, in ms; -errno. Nothing is left behind. */
static int sync_time(const char *folder)
{
	char block[4096];
	int slowest = 0, r = 0, fd = open(folder, O_TMPFILE | O_RDWR | O_CLOEXEC, 0600);
	if (fd < 0)
		return -errno;
	memset(block, 'y', sizeof block);
	for (int i = 0; i < SYNCS && !r; i++) {
		int64_t began = mono_ms();
		if (write(fd, block, sizeof block) != (ssize_t)sizeof block || fsync(fd))
			r = -errno;
		int took = (int)(mono_ms() - began);
		slowest = took > slowest ? took : slowest;
	}
	close(fd);
	return r ? r : slowest;
}

/* The package's user when there is one; else whoever tests is who will start the gateway, and tries it out. NULL then. */
static const struct passwd *daemon_user(void)
{
	const struct passwd *p = getpwnam(DAEMON_USER);
	return p && p->pw_uid != geteuid() ? p : NULL;
}

static bool has_group(const struct passwd *who, gid_t wanted)
{
	gid_t groups[GROUPS_MAX];
	int n = GROUPS_MAX;
	if (getgrouplist(who->pw_name, who->pw_gid, groups, &n) < 0)
		return true; /* more groups than can be asked about */
	for (int i = 0; i < n; i++)
		if (groups[i] == wanted)
			return true;
	return false;
}

/* What root may write is no proof for the gateway's user. The figures say who has it. */
static bool is_theirs(struct test *t, const char *path)
{
	struct stat st;
	const struct passwd *p = daemon_user(), *owner;
	if (!p || stat(path, &st))
		return true;
	bool may = p->pw_uid == st.st_uid    ? st.st_mode & S_IWUSR
		   : has_group(p, st.st_gid) ? st.st_mode & S_IWGRP
					     : st.st_mode & S_IWOTH;
	if (may)
		return true;
	test_figure_text(t, "user", "%s", p->pw_name); /* before the next question makes it another's */
	owner = getpwuid(st.st_uid);
	test_figure_text(t, "file", "%s", path);
	test_figure_text(t, "owner", "%s", owner ? owner->pw_name : "?");
	return false;
}

void test_disk(struct test *t)
{
	cleanup_free char *copy = mem_dup(t->cfg->database);
	const char *folder = dirname(copy);
	struct statvfs v;
	test_figure_text(t, "folder", "%s", folder);
	if (!is_theirs(t, folder) || !is_theirs(t, t->cfg->database)) {
		test_found(t, "disk.owner");
		return;
	}
	if (statvfs(folder, &v)) {
		int r = -errno;
		test_figure_reason(t, "reason", r, NULL);
		test_found(t, r == -ENOENT ? "disk.missing" : "disk.readonly");
		return;
	}
	long free_mb = (long)((uint64_t)v.f_bavail * v.f_frsize >> 20);
	int ms = sync_time(folder);
	if (ms == -EOPNOTSUPP || ms == -EISDIR) /* a file system without nameless files */
		ms = access(folder, W_OK) ? -errno : 0;
	test_figure(t, "free", json_integer(free_mb));
	test_figure(t, "ms", json_integer(ms > 0 ? ms : 0));
	if (ms < 0 && ms != -ENOSPC) {
		test_figure_reason(t, "reason", ms, NULL);
		test_found(t, "disk.readonly");
	} else if (ms == -ENOSPC || free_mb < FULL_MB)
		test_found(t, "disk.full");
	else if (free_mb < SCARCE_MB)
		test_found(t, "disk.scarce");
	else
		test_found(t, ms > SLOW_MS ? "disk.slow" : "disk.ok");
}

void test_backup(struct test *t)
{
	struct stat at, home;
	const char *folder = t->cfg->backup_dir;
	cleanup_free char *copy = mem_dup(t->cfg->database);
	if (!folder) {
		test_found(t, "backup.none");
		return;
	}
	test_figure_text(t, "folder", "%s", folder);
	if (stat(folder, &at) || access(folder, W_OK | X_OK)) {
		test_figure_reason(t, "reason", -errno, NULL);
		test_found(t, "backup.bad");
		return;
	}
	if (!is_theirs(t, folder)) {
		test_found(t, "disk.owner");
		return;
	}
	bool same = stat(dirname(copy), &home) == 0 && home.st_dev == at.st_dev;
	test_found(t, same ? "backup.same" : "backup.ok");
}

/* ------------------------------------------------------------------------------------------------ the rights */

static bool runs(const char *name)
{
	DIR *all = opendir("/proc");
	const struct dirent *e;
	bool found = false;
	while (all && !found && (e = readdir(all))) {
		char path[64], comm[COMM_MAX] = "";
		if (!isdigit((unsigned char)e->d_name[0]))
			continue;
		snprintf(path, sizeof path, "/proc/%.20s/comm", e->d_name);
		FILE *f = fopen(path, "re");
		if (f && fgets(comm, sizeof comm, f))
			comm[strcspn(comm, "\n")] = 0;
		if (f)
			fclose(f);
		found = !strcmp(comm, name);
	}
	if (all)
		closedir(all);
	return found;
}

/* A system without such a group gives ports away in another manner. */
static bool in_group(const struct passwd *who, const char *group)
{
	const struct group *g = getgrnam(group);
	return !g || has_group(who, g->gr_gid);
}

/* The package's user when there is one, else whoever tests: that is who will start the gateway. */
static bool may_open(struct test *t)
{
	const struct passwd *p = getpwnam(DAEMON_USER);
	bool theirs = p != NULL;
	if (!p)
		p = getpwuid(geteuid());
	test_figure_text(t, "user", "%s", p ? p->pw_name : "?");
	if (!p || p->pw_uid == 0)
		return true;
	return in_group(p, DAEMON_GROUP) || (!theirs && t->has & NEED_PORT);
}

void test_rights(struct test *t)
{
	struct usb_supply u = {.kept_off = false};
	if (!may_open(t))
		test_found(t, "rights.group");
	if (t->port[0] && usb_supply_read(t->port, &u) == 0 && !u.kept_off && runs("ModemManager"))
		test_found(t, "rights.manager");
	if (runs("brltty"))
		test_found(t, "rights.braille");
	if (!t->said)
		test_found(t, "rights.ok");
}

/* ------------------------------------------------------------------------------------------------ configuration */

/* yishid lies beside this program, or in the sbin beside its folder. */
static bool find_daemon(char path[PATH_MAX])
{
	static const char *const places[] = {"yishid", "../sbin/yishid"};
	char self[PATH_MAX];
	ssize_t n = readlink("/proc/self/exe", self, sizeof self - 1);
	self[n > 0 ? n : 0] = 0;
	char *end = strrchr(self, '/');
	for (size_t i = 0; end && i < ARRAY_LEN(places); i++) {
		snprintf(path, PATH_MAX, "%.*s/%s", (int)(end - self), self, places[i]);
		if (access(path, X_OK) == 0)
			return true;
	}
	return false;
}

static size_t read_all(int fd, char *out, size_t size)
{
	size_t len = 0;
	char rest[512];
	for (;;) {
		bool room = len < size - 1;
		ssize_t n = read(fd, room ? out + len : rest, room ? size - 1 - len : sizeof rest);
		if (n < 0 && errno == EINTR)
			continue;
		if (n <= 0)
			break;
		len += room ? (size_t)n : 0;
	}
	out[len] = 0;
	return len;
}

/* The environment, in the language of the moment. The caller's; its words are borrowed. */
static char **environment_now(void)
{
	static const char *const locales[] = {
	    [LANG_ZH] = "LC_ALL=zh_CN.UTF-8", [LANG_EN] = "LC_ALL=en_US.UTF-8"};
	size_t n = 0, kept = 0;
	while (environ[n])
		n++;
	char **env = mem_array(n + 2, sizeof *env);
	for (size_t i = 0; i < n; i++)
		if (strncmp(environ[i], "LC_ALL=", 7) != 0)
			env[kept++] = environ[i];
	env[kept] = (char *)(uintptr_t)locales[language_now()];
	return env;
}

/* What `yishid --check` says on its standard error. Its exit status, or -errno. */
static int ask_daemon(const char *program, const char *config, char *out, size_t size)
{
	char *argv[] = {(char *)(uintptr_t)program, (char *)(uintptr_t) "-c", (char *)(uintptr_t)config,
			(char *)(uintptr_t) "--check", NULL};
	char **env = environment_now();
	posix_spawn_file_actions_t fa;
	int fds[2], status = 0;
	pid_t pid;
	if (pipe2(fds, O_CLOEXEC))
		return -errno;
	posix_spawn_file_actions_init(&fa);
	posix_spawn_file_actions_addopen(&fa, STDIN_FILENO, "/dev/null", O_RDONLY, 0);
	posix_spawn_file_actions_addopen(&fa, STDOUT_FILENO, "/dev/null", O_WRONLY, 0);
	posix_spawn_file_actions_adddup2(&fa, fds[1], STDERR_FILENO);
	int r = posix_spawn(&pid, program, &fa, NULL, argv, env);
	free(env);
	posix_spawn_file_actions_destroy(&fa);
	close(fds[1]);
	if (r == 0)
		read_all(fds[0], out, size);
	close(fds[0]);
	if (r)
		return -r;
	while (waitpid(pid, &status, 0) < 0)
		if (errno != EINTR)
			return -errno;
	return WIFEXITED(status) ? WEXITSTATUS(status) : -EIO;
}

/* "yishid: warning: …" without its beginnings; how many lines there are but for what another step tells. */
static int first_remark(char *said, char **ret)
{
	static const char mark[] = "yishid: ";
	int count = 0;
	char *save = NULL;
	for (char *line = strtok_r(said, "\n", &save); line; line = strtok_r(NULL, "\n", &save)) {
		if (strncmp(line, mark, sizeof mark - 1) != 0)
			continue;
		line += sizeof mark - 1;
		const char *warning = _("warning: ");
		if (!strncmp(line, warning, strlen(warning)))
			line += strlen(warning);
		if (!strcmp(line,
			    _("nobody has the role duty_officer or secretary: a call for help reaches nobody")))
			continue;
		if (!count++)
			*ret = line;
	}
	return count;
}

struct check {
	const char *daemon, *config;
	int r, count; /* exit status or -errno; remarks */
};

static void say_first(void *ctx, char *buf, size_t size)
{
	struct check *k = ctx;
	char *first = NULL;
	cleanup_free char *said = mem_alloc(CHECK_MAX);
	k->r = ask_daemon(k->daemon, k->config, said, CHECK_MAX);
	k->count = k->r < 0 ? 0 : first_remark(said, &first);
	text_copy(buf, size, first ? first : "");
}

void test_config(struct test *t)
{
	char path[PATH_MAX];
	struct check k = {.daemon = path, .config = t->config_path, .r = -ENOENT};
	if (t->cfg ? !t->line : access(t->config_path, F_OK) != 0) {
		test_found(t, "config.absent");
		return;
	}
	if (find_daemon(path))
		test_figure_said(t, "first", say_first, &k);
	if (k.r < 0) {
		test_figure_reason(t, "reason", k.r, NULL);
		test_found(t, "config.unchecked");
		return;
	}
	test_figure(t, "count", json_integer(k.count));
	test_found(t, k.r ? "config.bad" : k.count ? "config.remarks" : "config.ok");
}

/* ------------------------------------------------------------------------------------------------ people */

static int count_one(void *user, const struct person_view *v)
{
	(void)v;
	++*(int *)user;
	return 0;
}

static int count_people(struct store *s, unsigned roles, int *ret)
{
	struct person_filter f = {.roles = roles, .since_utc = INT64_MIN, .limit = INT_MAX};
	*ret = 0;
	return person_list(s, &f, count_one, ret);
}

void test_duty(struct test *t)
{
	struct store *s;
	int duty, installers;
	if (access(t->cfg->database, F_OK) !=
	    0) { /* not to be made by whoever tests: the gateway could not write it */
		test_found(t, "duty.unstarted");
		return;
	}
	if (cli_store(t->c, &s)) {
		test_figure_text(t, "reason", "%s", t->cfg->database);
		test_found(t, "duty.unknown");
		return;
	}
	int r = count_people(s, ROLE(DUTY_OFFICER) | ROLE(SECRETARY), &duty);
	if (r >= 0)
		r = count_people(s, ROLE(INSTALLER), &installers);
	if (r < 0) {
		test_figure_reason(t, "reason", r, NULL);
		test_found(t, "duty.unknown");
		return;
	}
	test_figure(t, "count", json_integer(duty));
	test_figure(t, "installers", json_integer(installers));
	test_found(t, !duty ? "duty.nobody" : installers ? "duty.ok" : "duty.alone");
}
