/* Serial ports of USB sticks and sticks that show themselves as disks, by libudev. Where there is no udev (a
 * chroot, another system) nothing is found and nothing is ever announced, which is no error. Nothing polls:
 * usb_fd becomes readable when something came or went, after udev has set links and rights. */
#pragma once

#include <stdbool.h>

#define USB_STICK 64 /* "1-1.2": the socket that a stick sits in, as sysfs names it */

struct usb_port {
	char devnode[64];      /* "/dev/ttyUSB2" */
	char stick[USB_STICK]; /* "" when it is no USB device */
	char id[10];           /* "2c7c:0125"; lower case */
	char driver[32];       /* of its interface: "option", "cdc_acm"; "" unknown */
	int interface;         /* bInterfaceNumber, −1 unknown */
	int number;            /* grows with each time that a stick is plugged in: a new one, another device */
};

/* A USB device all of whose interfaces are mass storage. */
struct usb_disk {
	char stick[USB_STICK];
	char id[10];
};

struct usb;

struct usb *usb_new(void); /* never NULL */
void usb_free(struct usb *u);
/* −1: no monitor to be had. */
int usb_fd(const struct usb *u);

/* Reads what is waiting at usb_fd. True when a tty or a stick came, went or changed. */
bool usb_changed(struct usb *u);

/* A driver of the kernel that drives nothing but modems: what is behind its ports may be asked for its IMEI, where
 * another serial port may lead to a machine. */
bool usb_modem_driver(const char *driver);

/* What is there now; the arrays are the caller's (free). Returns the count, 0 when udev is not there. */
int usb_ports(struct usb *u, struct usb_port **ret);
int usb_disks(struct usb *u, struct usb_disk **ret);
