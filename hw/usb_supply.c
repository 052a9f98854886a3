#include "hw/usb_supply.h"
#include "base/text.h"

#include <errno.h>
#include <libudev.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

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

int usb_supply_read(const char *port, struct usb_supply *ret)
{
	struct stat st;
	struct udev *udev = udev_new();
	struct udev_device *tty = NULL, *stick = NULL;
	*ret = (struct usb_supply){.speed = 0};
	if (udev && stat(port, &st) == 0 && S_ISCHR(st.st_mode))
		tty = udev_device_new_from_devnum(udev, 'c', st.st_rdev);
	if (tty) /* belongs to `tty` */
		stick = udev_device_get_parent_with_subsystem_devtype(tty, "usb", "usb_device");
	if (stick)
		read_stick(tty, stick, ret);
	udev_device_unref(tty);
	udev_unref(udev);
	return stick ? 0 : -ENOENT;
}
