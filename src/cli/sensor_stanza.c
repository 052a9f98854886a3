/* What a scan found, as lines for the configuration. */
#include "cli/sensor_scan.h"

#include "base/buf.h"
#include "base/mem.h"
#include "base/text.h"
#include "hw/cabinet.h"

#include <stdio.h>
#include <string.h>

static bool taken(const char *name, const struct scan_part *parts, int before, const struct config *cfg)
{
	for (int i = 0; i < before; i++)
		if (!parts[i].cabinet && !strcmp(parts[i].name, name))
			return true;
	return cfg && cabinet_find(cfg, name) >= 0;
}

/* NAME, NAME-UNIT, NAME-UNIT-2 … */
static void try_name(struct scan_part *p, const char *base, bool with_unit, int n)
{
	char tail[24] = "";
	if (n > 1)
		snprintf(tail, sizeof tail, "-%d-%d", p->unit, n);
	else if (with_unit)
		snprintf(tail, sizeof tail, "-%d", p->unit);
	text_copy(p->name, sizeof p->name - strlen(tail), base);
	strcat(p->name, tail);
}

void scan_name(struct scan_part *parts, int count, const struct config *cfg, const char *wanted)
{
	int fresh = 0;
	for (int i = 0; i < count; i++)
		fresh += !parts[i].cabinet;
	for (int i = 0; i < count; i++) {
		struct scan_part *p = &parts[i];
		const char *base = wanted ? wanted : p->guess_count ? p->guess[0].map->name : "cabinet";
		if (p->cabinet)
			continue;
		for (int n = 0; n < 100 && (n == 0 || taken(p->name, parts, i, cfg)); n++)
			try_name(p, base, !wanted || fresh > 1 || n > 0, n);
	}
}

static void add_alarms(const struct map_row *row, enum language l, struct buf *ret)
{
	for (int i = 0; i < row->alarm_count; i++) {
		const char *word = register_state(row, row->alarm[i], l);
		buf_adds(ret, i ? ", " : "alarm = ");
		if (word)
			buf_adds(ret, word);
		else
			buf_addf(ret, "%g", row->alarm[i]);
	}
	buf_adds(ret, row->alarm_count ? "\n" : "");
}

static void add_sensor(const char *cabinet, const struct map_row *row, enum language l, struct buf *ret)
{
	buf_addf(ret, "\n# %s\n[sensor %s.%s]\n", register_label(row, l), cabinet, row->name);
	/* a section must have a key; the row is its own name, said aloud */
	buf_addf(ret, "register = %s\n", row->name);
	if (row->has_high)
		buf_addf(ret, "high = %g\n", row->high);
	if (row->has_low)
		buf_addf(ret, "low = %g\n", row->low);
	if (row->has_clear)
		buf_addf(ret, "clear = %g\n", row->clear);
	add_alarms(row, l, ret);
	/* what a contact means is for the installer to say */
	if (row->word_count && !row->alarm_count)
		buf_addf(ret,
			 l == LANG_ZH ? "#alarm = %s\n#armed = 20:00-07:00\n#text = 柜门打开\n"
				      : "#alarm = %s\n#armed = 20:00-07:00\n#text = the door is open\n",
			 l == LANG_ZH ? row->words[row->word_count - 1].zh
				      : row->words[row->word_count - 1].en);
	bool limits = row->has_high || row->has_low || row->alarm_count;
	if (limits && row->hold_ms)
		buf_addf(ret, "hold = %llds\n", (long long)(row->hold_ms / 1000));
	if (limits && row->severity[0])
		buf_addf(ret, "severity = %s\n", row->severity);
}

void scan_stanza(const struct scan_part *p, const struct modbus_connection *at, enum language l,
		 struct buf *ret)
{
	struct modbus_connection c = *at;
	const struct register_map *map = p->guess_count ? p->guess[0].map : NULL;
	char text[400];
	if (p->setting.baud) {
		c.baud = p->setting.baud;
		c.parity = p->setting.parity;
		c.stop_bits = p->setting.stop_bits;
	}
	modbus_connection_text(&c, text, sizeof text);
	if (map)
		buf_addf(ret, "# %s\n", l == LANG_ZH && map->title_zh[0] ? map->title_zh : map->title_en);
	buf_addf(ret, "[cabinet %s]\nconnection = %s\nunit = %d\n", p->name, text, p->unit);
	if (!map) {
		buf_addf(ret, "\n[sensor %s.value]\nregister = holding:0\ntype = uint16\n", p->name);
		return;
	}
	buf_addf(ret, "map = %s\n", map->name);
	for (int i = 0; i < map->row_count; i++)
		if (!map->row[i].optional)
			add_sensor(p->name, &map->row[i], l, ret);
}
