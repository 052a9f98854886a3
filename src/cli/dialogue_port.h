/* The port of a dialogue: one's own, or borrowed from the daemon. Used by dialogue.c alone. */
#pragma once

#include "cli/control.h"
#include "hw/transport.h"

struct dialogue_port {
	struct transport transport;
	struct control_link link; /* fd −1: the port is our own */
	char path[256];           /* as it was named */
};

/* See dialogue_open and dialogue_borrow. */
int dialogue_port_open(struct dialogue_port *p, const char *path, int baud, struct err *e);
int dialogue_port_borrow(struct dialogue_port *p, const struct config *cfg, const char *name, int patience_ms,
			 struct err *e);
/* Tells the daemon what came on the port that it has lent: −EIO when it does not take it. */
int dialogue_port_take(struct dialogue_port *p, const char *pdu, int length);
int dialogue_port_called(struct dialogue_port *p, const char *number);
void dialogue_port_close(struct dialogue_port *p);
