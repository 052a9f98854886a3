#include "hw/usb_supply.h"
#include "hw/port_holder.h"
#include "base/text.h"

#include <errno.h>
#include <libudev.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define SELF_POWERED 0x40 /* bmAttributes of a configuration, USB 2.0 table 9-10 */

static const char *attr(struct udev_device *d, const char *name)
{
	const char *value = udev_device_get_sysattr_value(d, name);
	return value ? value : "";
}

static bool is_set(struct udev_device *d, const char *property)
{
	const char *value = d ? udev_device_get_property_value(d, property) : NULL;
	return value && !strcmp(value, "1");
}

static void read_stick(struct udev_device *tty, struct udev_device *stick, struct usb_supply *ret)
{
	struct udev_device *hub = udev_device_get_parent_with_subsystem_devtype(stick, "usb", "usb_device");
	const char *above = hub ? udev_device_get_sysname(hub) : NULL;
	text_copy(ret->socket, sizeof ret->socket, udev_device_get_sysname(stick));
	snprintf(ret->id, sizeof ret->id, "%.4s:%.4s", attr(stick, "idVendor"), attr(stick, "idProduct"));
	ret->speed = atoi(attr(stick, "speed"));
	ret->may_sleep = !strcmp(attr(stick, "power/control"), "auto");
	ret->kept_off = is_set(tty, "ID_MM_DEVICE_IGNORE") || is_set(stick, "ID_MM_DEVICE_IGNORE") ||
			is_set(tty, "ID_MM_PORT_IGNORE");
	ret->hub = above && strncmp(above, "usb", 3) != 0;
	ret->hub_powered = ret->hub && strtol(attr(hub, "bmAttributes"), NULL, 16) & SELF_POWERED;
}

/* Under which name a port is opened does not matter: by-id links lead to the same node. */
static bool find_port(const char *path, struct usb_port *ret)
{
	char wanted[256], here[256];
	struct usb_port *ports;
	struct usb *u = usb_new();
	int n = usb_ports(u, &ports);
	bool found = false;
	port_real_name(path, wanted, sizeof wanted);
	for (int i = 0; i < n && !found; i++) {
		port_real_name(ports[i].devnode, here, sizeof here);
		found = ports[i].stick[0] && !strcmp(here, wanted);
		if (found)
			*ret = ports[i];
	}
	free(ports);
	usb_free(u);
	return found;
}

int usb_supply_read(const char *port, struct usb_supply *ret)
{
	struct usb_port at;
	*ret = (struct usb_supply){.speed = 0};
	if (!find_port(port, &at))
		return -ENOENT;
	struct udev *udev = udev_new();
	struct udev_device *stick = udev ? udev_device_new_from_subsystem_sysname(udev, "usb", at.stick) : NULL;
	struct udev_device *tty =
	    udev ? udev_device_new_from_subsystem_sysname(udev, "tty", strrchr(at.devnode, '/') + 1) : NULL;
	if (stick)
		read_stick(tty, stick, ret);
	int r = stick ? 0 : -ENOENT;
	udev_device_unref(tty);
	udev_device_unref(stick);
	udev_unref(udev);
	return r;
}
