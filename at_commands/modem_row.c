#include "at_commands/modem_row.h"

#include <fnmatch.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>

const struct modem_row *modem_rows_find(const struct modem_rows *r, const char *name)
{
	for (int i = 0; i < r->count; i++)
		if (!strcmp(r->row[i]->name, name))
			return r->row[i];
	return NULL;
}

/* 0: not given or not known, −1: does not fit; else one more than the letters that the best of them names. */
static int fit(const struct modem_words *globs, const char *word)
{
	int best = -1;
	if (!globs->count || !*word)
		return 0;
	for (int i = 0; i < globs->count; i++) {
		int letters = 1;
		for (const char *p = globs->word[i]; *p; p++)
			letters += !strchr("*?", *p);
		if (letters > best && !fnmatch(globs->word[i], word, FNM_CASEFOLD))
			best = letters;
	}
	return best;
}

#define MORE (ROW_WORD * 4) /* than all letters can weigh */

static int score(const struct modem_row *row, const struct modem_identity *id)
{
	int cgmr = fit(&row->match_cgmr, id->revision), cgmm = fit(&row->match_cgmm, id->model);
	int cgmi = fit(&row->match_cgmi, id->maker), usb = fit(&row->match_usb, id->usb);
	if (cgmr < 0 || cgmm < 0 || cgmi < 0)
		return 0;
	return MORE * (8 * (cgmr > 0) + 4 * (cgmm > 0) + 2 * (usb > 0) + (cgmi > 0)) + cgmr + cgmm;
}

const struct modem_row *modem_rows_match(const struct modem_rows *r, const struct modem_identity *id)
{
	const struct modem_row *best = r->row[0];
	int best_score = 0;
	for (int i = 1; i < r->count; i++) {
		int s = score(r->row[i], id);
		if (s > best_score) {
			best = r->row[i];
			best_score = s;
		}
	}
	return best;
}

#define VENDOR 5 /* "12d1:" */

bool modem_rows_know_vendor(const struct modem_rows *r, const char *usb)
{
	for (int i = 0; i < r->count; i++)
		for (int k = 0; k < r->row[i]->match_usb.count; k++)
			if (!strncasecmp(r->row[i]->match_usb.word[k], usb, VENDOR))
				return true;
	return false;
}

bool modem_rows_know_disk(const struct modem_rows *r, const char *usb)
{
	for (int i = 0; i < r->count; i++)
		for (int k = 0; k < r->row[i]->usb_storage.count; k++)
			if (!fnmatch(r->row[i]->usb_storage.word[k], usb, FNM_CASEFOLD))
				return true;
	return false;
}

static int place(int interface, const int *list, int count)
{
	for (int i = 0; i < count; i++)
		if (list[i] == interface)
			return i;
	return -1;
}

int modem_row_rank(const struct modem_row *row, int interface)
{
	int at = place(interface, row->at_if, row->at_if_count);
	if (at >= 0)
		return at;
	if (place(interface, row->avoid_if, row->avoid_if_count) >= 0)
		return ROW_RANK_AVOID + interface;
	return ROW_RANK_OTHERS + (interface < 0 ? 0 : interface);
}

struct at_chat_options modem_row_chat_options(const struct modem_row *row)
{
	struct at_chat_options o = at_chat_defaults();
	o.gap_ms = row->gap_ms;
	o.pdu_delay_ms = row->pdu_delay_ms;
	o.ctrlz_delay_ms = row->ctrlz_delay_ms;
	for (int i = 0; i < row->final_extra.count && i < AT_FINALS_MAX; i++)
		o.final_extra[i] = row->final_extra.word[i];
	return o;
}

enum at_class modem_row_class(const struct modem_row *row, enum at_domain domain, int code)
{
	for (int i = 0; domain == AT_CMS && i < row->cms_map_count; i++)
		if (row->cms_map[i].code == code)
			return row->cms_map[i].class;
	return at_error_class(domain, code);
}

enum at_class modem_row_reply_class(const struct modem_row *row, const struct at_reply *reply)
{
	if (reply->final != AT_CMS_ERROR && reply->final != AT_CME_ERROR)
		return AT_CLASS_UNKNOWN;
	return modem_row_class(row, reply->final == AT_CMS_ERROR ? AT_CMS : AT_CME, reply->code);
}

bool modem_row_ignores(const struct modem_row *row, const char *line)
{
	for (int i = 0; i < row->ignore_urcs.count; i++)
		if (!strncasecmp(line, row->ignore_urcs.word[i], strlen(row->ignore_urcs.word[i])))
			return true;
	return false;
}
