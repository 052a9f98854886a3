#include "cli/modem_stanza.h"
#include "cli/config_write.h"

#include "base/i18n.h"
#include "base/mem.h"
#include "base/text.h"

#include <ctype.h>
#include <errno.h>
#include <stdio.h>
#include <string.h>

static const char path_remark[] = "# 不是 USB 口，只按路径找 / no USB port: found by its path alone\n";

static bool taken(const char *name, const struct config *cfg, const struct stanza *others, int count)
{
	bool yes = cfg && config_find_modem(cfg, name);
	for (int i = 0; i < count; i++)
		yes |= !strcmp(others[i].name, name);
	return yes;
}

void stanza_name(struct stanza *s, const char *model, const struct config *cfg, const struct stanza *others,
		 int count)
{
	char base[24] = "";
	/* "MAKER_Model-1" → "model1" */
	const char *p = strrchr(model, '_') ? strrchr(model, '_') + 1 : model;
	for (size_t n = 0; *p && n + 1 < sizeof base; p++)
		if (isalnum((unsigned char)*p) && (unsigned char)*p < 0x80)
			base[n++] = (char)tolower((unsigned char)*p);
	text_copy(s->name, sizeof s->name, *base ? base : "modem");
	for (int n = 2; taken(s->name, cfg, others, count); n++)
		snprintf(s->name, sizeof s->name, "%s-%d", *base ? base : "modem", n);
}

/* "imei:…", "usb:…" or a path. */
static const char *device_of(const struct stanza *s, char *buf, size_t size)
{
	if (s->imei[0] && !s->imei_shared && !s->by_path)
		snprintf(buf, size, "imei:%s", s->imei);
	else if (s->usb[0] && !s->by_path)
		snprintf(buf, size, "usb:%s", s->usb);
	else
		snprintf(buf, size, "%s", s->path);
	return buf;
}

const struct config_modem *stanza_present(const struct config *cfg, const struct stanza *s)
{
	char device[300];
	device_of(s, device, sizeof device);
	for (int i = 0; cfg && i < cfg->modem_count; i++) {
		const struct config_modem *m = &cfg->modems[i];
		bool sim = s->iccid[0] && m->iccid && !strcmp(m->iccid, s->iccid);
		bool other_sim = s->iccid[0] && m->iccid && !sim;
		if (sim || (!strcmp(m->device, device) && !(s->imei_shared && other_sim)))
			return m;
	}
	return NULL;
}

void stanza_format(struct buf *out, const struct stanza *s)
{
	char device[300];
	buf_addf(out, "[modem %s]\n", s->name);
	if (s->about[0])
		buf_addf(out, "# %s\n", s->about);
	if (s->by_path)
		buf_adds(out, path_remark);
	buf_addf(out, "device = %s\n", device_of(s, device, sizeof device));
	if (s->iccid[0])
		buf_addf(out, "iccid = %s\n", s->iccid);
	if (s->wants_pin)
		buf_addf(out, "#pin_file = /etc/yishi/%s.pin\n", s->name);
}

/* ------------------------------------------------------------------------------------------------ the file */

static bool is_key(const char *line, const char *key)
{
	line += strspn(line, " \t");
	size_t n = strlen(key);
	return !strncmp(line, key, n) && line[n + strspn(line + n, " \t")] == '=';
}

/* The example with what is known in the place of its samples. */
static void from_sample(struct buf *out, const char *sample, const struct stanza *first, const char *name,
			const char *number)
{
	char device[300], section = 0;
	device_of(first, device, sizeof device);
	while (*sample) {
		size_t n = strcspn(sample, "\n");
		cleanup_free char *line = mem_printf("%.*s", (int)n, sample);
		sample += n + (sample[n] == '\n');
		if (*line == '[' || !strncmp(line, "#[", 2))
			section = !strcmp(line, "[gateway]") ? 'g' : !strcmp(line, "[modem front]") ? 'm' : 0;
		if (!strcmp(line, "[modem front]"))
			buf_addf(out, "[modem %s]\n%s%s%s", first->name, first->about[0] ? "# " : "",
				 first->about, first->about[0] ? "\n" : "");
		else if (section == 'g' && is_key(line, "name"))
			buf_addf(out, "name = %s\n", name);
		else if (section == 'g' && is_key(line, "number"))
			buf_addf(out, "number = %s\n", number);
		else if (section == 'm' && is_key(line, "device"))
			buf_addf(out, "%sdevice = %s\n", first->by_path ? path_remark : "", device);
		else if (section == 'm' && is_key(line, "#iccid") && first->iccid[0])
			buf_addf(out, "iccid = %s\n", first->iccid);
		else
			buf_addf(out, "%s\n", line);
	}
}

int stanza_write(const char *path, const struct stanza *list, int count, const char *sample, const char *name,
		 const char *number, struct err *e)
{
	struct config_write w;
	int r = config_write_begin(path, &w, e), added = 0;
	if (r)
		return r;
	if (!w.config && count) {
		from_sample(&w.text, sample, &list[0], name, number);
		added++;
	}
	for (int i = w.config ? 0 : 1; i < count; i++) {
		if (stanza_present(w.config, &list[i]))
			continue;
		config_write_section(&w);
		stanza_format(&w.text, &list[i]);
		added++;
	}
	if (!added) {
		config_write_abandon(&w);
		err_set(e, path, 0, "has all of these modems already; nothing was changed");
		return -EEXIST;
	}
	return config_write_end(&w, e);
}
