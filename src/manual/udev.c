#include "manual/manual.h"
#include "at_commands/modem_row.h"
#include "base/mem.h"

#include <errno.h>
#include <string.h>

#define LINE 1024

/* "2c7c:0125" in two halves. */
static void halves(const char *id, char vendor[5], char product[5])
{
	snprintf(vendor, 5, "%.4s", id);
	snprintf(product, 5, "%.4s", strlen(id) == 9 ? id + 5 : "");
}

static void sticks(FILE *out, const struct modem_rows *rows)
{
	char vendor[5], product[5];
	for (int i = 0; i < rows->count; i++)
		for (int k = 0; k < rows->row[i]->match_usb.count; k++) {
			halves(rows->row[i]->match_usb.word[k], vendor, product);
			fprintf(out,
				"SUBSYSTEM==\"usb\", ATTR{idVendor}==\"%s\", ATTR{idProduct}==\"%s\", "
				"ENV{ID_YISHI_MODEM}=\"%s\"\n",
				vendor, product, rows->row[i]->name);
		}
}

/* The numbers are ours, a constant: nothing that a stick says comes near the shell. */
static void new_ids(FILE *out, const struct modem_rows *rows)
{
	char vendor[5], product[5];
	for (int i = 0; i < rows->count; i++)
		for (int k = 0; k < rows->row[i]->usb_new_id.count; k++) {
			halves(rows->row[i]->usb_new_id.word[k], vendor, product);
			fprintf(out,
				"ACTION==\"add\", SUBSYSTEM==\"usb\", ATTR{idVendor}==\"%s\", "
				"ATTR{idProduct}==\"%s\", RUN{builtin}+=\"kmod load option\", RUN+=\"/bin/sh "
				"-c 'echo %s %s ff >/sys/bus/usb-serial/drivers/option1/new_id'\"\n",
				vendor, product, vendor, product);
		}
}

int udev_rules(FILE *out, const char *frame, const char *rows_folder)
{
	struct modem_rows rows = {0};
	struct err e = {0};
	char line[LINE];
	FILE *in = fopen(frame, "re");
	if (!in)
		return -errno;
	int r = modem_rows_load(rows_folder, &rows, &e);
	if (r)
		fprintf(stderr, "yishi-manual: %s\n", err_line(&e, line, sizeof line));
	while (r == 0 && fgets(line, sizeof line, in))
		if (!strcmp(line, "@sticks\n"))
			sticks(out, &rows);
		else if (!strcmp(line, "@new_ids\n"))
			new_ids(out, &rows);
		else
			fputs(line, out);
	modem_rows_done(&rows);
	fclose(in);
	return r;
}
