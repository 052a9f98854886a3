#include "hw/usb_socket.h"
#include "base/mem.h"
#include "base/text.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#define DEVICES    "/sys/bus/usb/devices"
#define TOOL       "uhubctl"
#define MORE_PATH  "/usr/sbin:/sbin" /* where Debian has it; often not in the PATH of a user */
#define OFF_S      "10"              /* the capacitors of a modem are empty by then */
#define UNBOUND_MS 1000
#define CLASS_HUB  "09"

bool usb_socket_valid(const char *stick)
{
	size_t bus = strspn(stick, "0123456789");
	const char *ports = stick + bus + 1;
	return bus && stick[bus] == '-' && ports[0] >= '1' && ports[0] <= '9' &&
	       !ports[strspn(ports, "0123456789.")] && !strstr(ports, "..") &&
	       ports[strlen(ports) - 1] != '.' && strlen(stick) < USB_STICK;
}

/* The first word of an attribute; false when there is none. */
static bool attribute(const char *device, const char *name, char *ret, size_t size)
{
	char file[PATH_MAX], text[32] = "";
	snprintf(file, sizeof file, DEVICES "/%s/%s", device, name);
	FILE *f = fopen(file, "re");
	bool ok = f && fscanf(f, "%31s", text) == 1;
	if (f)
		fclose(f);
	if (ok)
		text_copy(ret, size, text);
	return ok;
}

int usb_socket_id(const char *stick, char ret[10])
{
	char vendor[8], product[8], class[8];
	if (!attribute(stick, "idVendor", vendor, sizeof vendor) ||
	    !attribute(stick, "idProduct", product, sizeof product))
		return -ENOENT;
	if (attribute(stick, "bDeviceClass", class, sizeof class) && !strcmp(class, CLASS_HUB))
		return -ENOTSUP;
	snprintf(ret, 10, "%.4s:%.4s", vendor, product);
	return 0;
}

/* ------------------------------------------------------------------------------------------------ re-bind */

static void authorized_file(const char *stick, char file[PATH_MAX])
{
	snprintf(file, PATH_MAX, DEVICES "/%s/authorized", stick);
}

int usb_socket_may_rebind(const char *stick)
{
	char file[PATH_MAX];
	authorized_file(stick, file);
	if (access(file, W_OK) == 0)
		return 0;
	return errno == ENOENT || errno == ENOTDIR ? -ENOTSUP : -EACCES;
}

static int put(const char *file, const char *value)
{
	int fd = open(file, O_WRONLY | O_CLOEXEC);
	if (fd < 0)
		return -errno;
	int r = write(fd, value, strlen(value)) < 0 ? -errno : 0;
	close(fd);
	return r;
}

int usb_socket_rebind(const char *stick)
{
	char file[PATH_MAX];
	const struct timespec unbound = {.tv_sec = UNBOUND_MS / 1000, .tv_nsec = UNBOUND_MS % 1000 * 1000000};
	authorized_file(stick, file);
	int r = put(file, "0");
	if (r)
		return r;
	nanosleep(&unbound, NULL);
	return put(file, "1");
}

/* ------------------------------------------------------------------------------------------------ power */

/* An absolute path in `ret`. */
static bool find_tool(char *ret, size_t size)
{
	const char *path = getenv("PATH");
	cleanup_free char *all = mem_printf("%s:%s", path ? path : "", MORE_PATH);
	char *save = NULL;
	for (char *dir = strtok_r(all, ":", &save); dir; dir = strtok_r(NULL, ":", &save)) {
		struct stat st;
		int n = snprintf(ret, size, "%s/%s", dir, TOOL);
		if (dir[0] == '/' && n > 0 && (size_t)n < size && stat(ret, &st) == 0 && S_ISREG(st.st_mode) &&
		    access(ret, X_OK) == 0)
			return true;
	}
	return false;
}

/* "1-1.2" sits in socket 2 of the hub 1-1; "1-1" in socket 1 of the root hub of bus 1. */
static void split_socket(const char *stick, char hub[USB_STICK], char port[8])
{
	const char *cut = strrchr(stick, '.');
	if (!cut)
		cut = strchr(stick, '-');
	snprintf(hub, USB_STICK, "%.*s", (int)(cut - stick), stick);
	snprintf(port, 8, "%s", cut + 1);
}

static int number_of(const char *hub, const char *what)
{
	char device[USB_STICK + 4], text[16];
	snprintf(device, sizeof device, "%s%s", strchr(hub, '-') ? "" : "usb", hub);
	return attribute(device, what, text, sizeof text) ? atoi(text) : -1;
}

static int may_switch(const char *hub)
{
	char node[64];
	int bus = number_of(hub, "busnum"), device = number_of(hub, "devnum");
	if (bus < 0 || device < 0)
		return -ENOTSUP;
	snprintf(node, sizeof node, "/dev/bus/usb/%03d/%03d", bus, device);
	return access(node, W_OK) == 0 ? 0 : -EACCES;
}

int usb_socket_switch(const char *stick, struct usb_switch *ret)
{
	split_socket(stick, ret->hub, ret->port);
	if (!find_tool(ret->tool, sizeof ret->tool))
		return -ENOTSUP;
	const char *const args[] = {ret->tool, "-l", ret->hub, "-p", ret->port, "-a",
				    "cycle",   "-d", OFF_S,    "-N", NULL};
	const char *const environment[] = {"PATH=/usr/sbin:/usr/bin:/sbin:/bin", "LC_ALL=C", NULL};
	memcpy(ret->args, args, sizeof args);
	memcpy(ret->environment, environment, sizeof environment);
	return may_switch(ret->hub);
}
