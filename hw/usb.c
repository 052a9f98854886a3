#include "hw/usb.h"
#include "base/mem.h"
#include "base/text.h"

#include <libudev.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#define UDEV_RUNS    "/run/udev/control"
#define CLASS_DISK   "08"
#define RECEIVE_SIZE (1 << 20) /* a hub with a dozen of sticks says much at once */

struct usb {
	struct udev *udev;            /* NULL: not to be had */
	struct udev_monitor *monitor; /* NULL likewise */
};

static void start_monitor(struct usb *u)
{
	/* the kernel tells what udev will have worked on in a moment; where no udev runs that is all there
	 * is */
	const char *source = access(UDEV_RUNS, F_OK) == 0 ? "udev" : "kernel";
	struct udev_monitor *m = udev_monitor_new_from_netlink(u->udev, source);
	if (!m)
		return;
	if (udev_monitor_filter_add_match_subsystem_devtype(m, "tty", NULL) < 0 ||
	    udev_monitor_filter_add_match_subsystem_devtype(m, "usb", "usb_device") < 0 ||
	    udev_monitor_enable_receiving(m) < 0) {
		udev_monitor_unref(m);
		return;
	}
	(void)udev_monitor_set_receive_buffer_size(m, RECEIVE_SIZE);
	u->monitor = m;
}

struct usb *usb_new(void)
{
	struct usb *u = mem_alloc(sizeof *u);
	u->udev = udev_new();
	if (u->udev)
		start_monitor(u);
	return u;
}

void usb_free(struct usb *u)
{
	if (!u)
		return;
	if (u->monitor)
		udev_monitor_unref(u->monitor);
	if (u->udev)
		udev_unref(u->udev);
	free(u);
}

int usb_fd(const struct usb *u)
{
	return u->monitor ? udev_monitor_get_fd(u->monitor) : -1;
}

bool usb_changed(struct usb *u)
{
	struct udev_device *d;
	bool changed = false;
	while (u->monitor && (d = udev_monitor_receive_device(u->monitor))) {
		changed = true;
		udev_device_unref(d);
	}
	return changed;
}

bool usb_modem_driver(const char *driver)
{
	static const char *const drivers[] = {"option", "qcserial", "sierra", "hso", "GobiSerial"};
	for (size_t i = 0; i < ARRAY_LEN(drivers); i++)
		if (!strcmp(drivers[i], driver))
			return true;
	return false;
}

static void copy_attr(struct udev_device *d, const char *name, char *to, size_t size)
{
	const char *value = udev_device_get_sysattr_value(d, name);
	text_copy(to, size, value ? value : "");
}

static void read_id(struct udev_device *stick, char id[10])
{
	const char *vendor = udev_device_get_sysattr_value(stick, "idVendor");
	const char *product = udev_device_get_sysattr_value(stick, "idProduct");
	snprintf(id, 10, "%.4s:%.4s", vendor ? vendor : "", product ? product : "");
}

static int number_attr(struct udev_device *d, const char *name, int base, int fallback)
{
	const char *value = udev_device_get_sysattr_value(d, name);
	char *end;
	long n = value ? strtol(value, &end, base) : 0;
	return value && end != value ? (int)n : fallback;
}

/* False for a terminal that is no port of a USB stick. */
static bool read_port(struct udev_device *tty, struct usb_port *p)
{
	/* both belong to `tty` */
	struct udev_device *stick = udev_device_get_parent_with_subsystem_devtype(tty, "usb", "usb_device");
	struct udev_device *interface =
	    udev_device_get_parent_with_subsystem_devtype(tty, "usb", "usb_interface");
	const char *node = udev_device_get_devnode(tty), *name = stick ? udev_device_get_sysname(stick) : NULL;
	if (!node || !name)
		return false;
	text_copy(p->devnode, sizeof p->devnode, node);
	text_copy(p->stick, sizeof p->stick, name);
	read_id(stick, p->id);
	p->number = number_attr(stick, "devnum", 10, 0);
	p->interface = interface ? number_attr(interface, "bInterfaceNumber", 16, -1) : -1;
	const char *driver = interface ? udev_device_get_driver(interface) : NULL;
	text_copy(p->driver, sizeof p->driver, driver ? driver : "");
	return true;
}

static struct udev_enumerate *scan(struct usb *u, const char *subsystem, const char *property, const char *name)
{
	struct udev_enumerate *e = u->udev ? udev_enumerate_new(u->udev) : NULL;
	if (!e)
		return NULL;
	udev_enumerate_add_match_subsystem(e, subsystem);
	if (property)
		udev_enumerate_add_match_property(e, "DEVTYPE", property);
	if (name)
		udev_enumerate_add_match_sysname(e, name);
	udev_enumerate_scan_devices(e); /* what it cannot read is not there */
	return e;
}

int usb_ports(struct usb *u, struct usb_port **ret)
{
	/* ttyUSB, ttyACM, ttyHS: the consoles tty0 … tty63 need not be looked at */
	struct udev_enumerate *e = scan(u, "tty", NULL, "tty[A-Z]*");
	struct udev_list_entry *i;
	int n = 0;
	*ret = NULL;
	if (!e)
		return 0;
	udev_list_entry_foreach(i, udev_enumerate_get_list_entry(e))
	{
		struct udev_device *d = udev_device_new_from_syspath(u->udev, udev_list_entry_get_name(i));
		struct usb_port p = {0};
		if (d && read_port(d, &p)) {
			*ret = mem_resize(*ret, (size_t)n + 1, sizeof **ret);
			(*ret)[n++] = p;
		}
		if (d)
			udev_device_unref(d);
	}
	udev_enumerate_unref(e);
	return n;
}

/* Counts the interfaces of a stick, and those of them that are disks. */
static void count_interfaces(struct usb *u, struct udev_device *stick, int *all, int *disks)
{
	struct udev_enumerate *e = udev_enumerate_new(u->udev);
	struct udev_list_entry *i;
	*all = *disks = 0;
	if (!e)
		return;
	udev_enumerate_add_match_parent(e, stick);
	udev_enumerate_add_match_property(e, "DEVTYPE", "usb_interface");
	udev_enumerate_scan_devices(e);
	udev_list_entry_foreach(i, udev_enumerate_get_list_entry(e))
	{
		struct udev_device *d = udev_device_new_from_syspath(u->udev, udev_list_entry_get_name(i));
		char class[8];
		if (!d)
			continue;
		copy_attr(d, "bInterfaceClass", class, sizeof class);
		(*all)++;
		*disks += !strcmp(class, CLASS_DISK);
		udev_device_unref(d);
	}
	udev_enumerate_unref(e);
}

int usb_disks(struct usb *u, struct usb_disk **ret)
{
	struct udev_enumerate *e = scan(u, "usb", "usb_device", NULL);
	struct udev_list_entry *i;
	int n = 0, all, disks;
	*ret = NULL;
	if (!e)
		return 0;
	udev_list_entry_foreach(i, udev_enumerate_get_list_entry(e))
	{
		struct udev_device *d = udev_device_new_from_syspath(u->udev, udev_list_entry_get_name(i));
		if (!d)
			continue;
		count_interfaces(u, d, &all, &disks);
		if (all && disks == all) {
			*ret = mem_resize(*ret, (size_t)n + 1, sizeof **ret);
			struct usb_disk *p = &(*ret)[n++];
			text_copy(p->stick, sizeof p->stick, udev_device_get_sysname(d));
			read_id(d, p->id);
		}
		udev_device_unref(d);
	}
	udev_enumerate_unref(e);
	return n;
}
