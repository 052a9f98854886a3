#include "root/sticks.h"

#include <limits.h>
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
