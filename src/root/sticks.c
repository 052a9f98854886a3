#include "root/sticks.h"

#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

static bool leads_to(const char *path, const char *devnode)
{
	char real[PATH_MAX];
	return !strcmp(path, devnode) || (realpath(path, real) && !strcmp(real, devnode));
}

static bool is_modem(const struct modem_rows *rows, const struct usb_port *ports, int port_count,
		     const char *stick, const char *id)
{
	if (modem_rows_know_vendor(rows, id))
		return true;
	for (int i = 0; i < port_count; i++)
		if (!strcmp(ports[i].stick, stick) && usb_modem_driver(ports[i].driver))
			return true;
	return false;
}

/* The link begins with `stem`, and what follows is not more of the same name. */
static bool link_of(const char *path, size_t n, const char *folder, const char *stem, const char *behind)
{
	size_t f = strlen(folder), s = strlen(stem), b = strlen(behind);
	return *stem && n > f + s + b && !memcmp(path, folder, f) && !memcmp(path + f, stem, s) &&
	       !memcmp(path + f + s, behind, b);
}

/* `path`: n bytes of it, up to a comma perhaps. */
static bool names(const char *path, size_t n, const char *stick, const char *serial)
{
	char by_id[160], by_path[USB_STICK + 16];
	const char *ports = strchr(stick, '-');
	snprintf(by_id, sizeof by_id, "usb-%s", serial);
	if (*serial && link_of(path, n, "/dev/serial/by-id/", by_id, "-"))
		return true;
	if (link_of(path, n, "/dev/yishi/", stick, "-if"))
		return true;
	/* pci-0000:00:14.0-usb-0:1.2:1.0-port0: the bus is not told, its controller is */
	snprintf(by_path, sizeof by_path, "-usb-0:%s:", ports ? ports + 1 : "");
	static const char folder[] = "/dev/serial/by-path/";
	return n > strlen(folder) && !memcmp(path, folder, strlen(folder)) &&
	       memmem(path, n, by_path, strlen(by_path)) != NULL;
}

bool root_stick_bound(const struct config *config, const struct modem_rows *rows, const char *stick,
		      const char *id, const char *serial)
{
	static const char link[] = "/dev/serial/", own[] = "/dev/yishi/", rtu[] = "rtu:";
	for (int i = 0; i < config->modem_count; i++) {
		const char *device = config->modems[i].device;
		bool by_link = !strncmp(device, link, strlen(link)) || !strncmp(device, own, strlen(own));
		if (!strncmp(device, "usb:", 4) ? !strcasecmp(device + 4, id)
		    : by_link                   ? names(device, strlen(device), stick, serial)
						: modem_rows_know_vendor(rows, id))
			return true;
	}
	for (int i = 0; i < config->cabinet_count; i++) {
		const char *c = config->cabinets[i].connection;
		if (c && !strncmp(c, rtu, strlen(rtu)) &&
		    names(c + strlen(rtu), strcspn(c + strlen(rtu), ","), stick, serial))
			return true;
	}
	return false;
}

const char *root_stick_refusal(const struct config *config, const struct modem_rows *rows,
			       const struct usb_port *ports, int port_count, const char *stick, const char *id)
{
	bool any_modem = false;
	for (int i = 0; i < config->modem_count; i++) {
		const char *device = config->modems[i].device;
		if (!strncmp(device, "usb:", 4)) {
			if (!strcasecmp(device + 4, id))
				return NULL;
			continue;
		}
		bool found = false;
		for (int k = 0; device[0] == '/' && k < port_count; k++)
			if (leads_to(device, ports[k].devnode)) {
				found = true;
				if (!strcmp(ports[k].stick, stick))
					return NULL;
			}
		any_modem = any_modem || !found;
	}
	if (any_modem && is_modem(rows, ports, port_count, stick, id))
		return NULL;
	return any_modem ? "what sits there is no modem" : "no modem of the configuration sits there";
}
