/* yishi-manual man LANGUAGE PAGES FOLDER DATE | completion | udev FRAME ROWS: for the Makefile. */
#include "manual/manual.h"
#include "manual/roff.h"
#include "base/err.h"
#include "base/language.h"
#include "base/mem.h"
#include "cli/cli.h"

#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sysexits.h>

struct maker {
	const char *pages, *folder, *date; /* borrowed */
	enum language language;
};

static FILE *begin(const struct maker *m, const char *name, char section)
{
	cleanup_free char *path = mem_printf("%s/%s.%c", m->folder, name, section);
	FILE *f = fopen(path, "we");
	if (!f) {
		fprintf(stderr, "yishi-manual: %s: %s\n", path, err_system(errno));
		exit(EX_CANTCREAT);
	}
	fprintf(f, ".\\\" made by the build from the programs' own tables\n.TH ");
	roff_argument(f, name);
	fprintf(f, " %c \"%s\" \"yishi %s\" \"yishi\"\n.nh\n.ad l\n", section, m->date, YISHI_VERSION);
	return f;
}

static int end(FILE *f)
{
	return fclose(f) == 0 ? 0 : EX_IOERR;
}

/* NAME.SECTION.LANGUAGE: man(7) text in which a line "@table" stands for one of tables.c. */
static int page(const struct maker *m, const char *file)
{
	cleanup_free char *path = mem_printf("%s/%s", m->pages, file);
	char name[64], line[4096];
	int status = 0;
	snprintf(name, sizeof name, "%s", file);
	char *dot = strrchr(name, '.');
	char section = dot[-1];
	dot[-2] = 0;
	FILE *in = fopen(path, "re");
	if (!in)
		return EX_NOINPUT;
	FILE *f = begin(m, name, section);
	int sections = 0;                 /* the first one is for whatis(1), which knows no breaks */
	bool filled = true, open = false; /* lines are joined; one was not ended yet */
	bool wide = false;                /* that one ends with a Chinese sign */
	while (fgets(line, sizeof line, in)) {
		line[strcspn(line, "\n")] = 0;
		bool text = line[0] != '@' && line[0] != '.';
		if (open && !(text && wide && (unsigned char)line[0] >= 0x80))
			fputc('\n', f);
		open = text && filled;
		wide = *line && (unsigned char)line[strlen(line) - 1] >= 0x80;
		if (line[0] == '@' && !page_table(f, line + 1)) {
			fprintf(stderr, "yishi-manual: %s: there is no table %s\n", path, line);
			status = EX_DATAERR;
		}
		sections += !strncmp(line, ".SH", 3);
		if (text && filled && sections < 2)
			fputs(line, f);
		else if (text && filled)
			roff_raw(f, line); /* Chinese lines are joined without a blank */
		else if (line[0] != '@')
			fprintf(f, "%s\n", line);
		filled = !strcmp(line, ".nf") ? false : !strcmp(line, ".fi") ? true : filled;
	}
	if (open)
		fputc('\n', f);
	fclose(in);
	int r = end(f);
	return status ? status : r;
}

static int make_pages(const struct maker *m)
{
	const char *suffix = m->language == LANG_ZH ? ".zh" : ".en";
	struct dirent *d;
	int status = 0;
	DIR *dir = opendir(m->pages);
	if (!dir)
		return EX_NOINPUT;
	while ((d = readdir(dir))) {
		size_t n = strlen(d->d_name);
		if (n > 5 && !strcmp(d->d_name + n - 3, suffix)) {
			int r = page(m, d->d_name);
			status = status ? status : r;
		}
	}
	closedir(dir);
	for (const struct cli_noun *n = cli_nouns; n->name; n++) {
		cleanup_free char *name = mem_printf("yishi-%s", n->name);
		FILE *f = begin(m, name, '1');
		commands_page(f, n);
		int r = end(f);
		status = status ? status : r;
	}
	return status;
}

int main(int argc, char **argv)
{
	if (argc == 2 && !strcmp(argv[1], "completion")) {
		language_use(LANG_EN);
		completion_print(stdout);
		return fflush(stdout) ? EX_IOERR : 0;
	}
	if (argc == 4 && !strcmp(argv[1], "udev"))
		return udev_rules(stdout, argv[2], argv[3]) || fflush(stdout) ? EX_DATAERR : 0;
	if (argc != 6 || strcmp(argv[1], "man") != 0)
		return EX_USAGE;
	struct maker m = {.pages = argv[3], .folder = argv[4], .date = argv[5]};
	m.language = !strcmp(argv[2], "zh") ? LANG_ZH : LANG_EN;
	language_use(m.language);
	return make_pages(&m);
}
