#include "hw/modbus_connection.h"
#include "hw/port_holder.h"
#include "base/i18n.h"
#include "base/mem.h"
#include "base/text.h"

#include <ctype.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* by enum modbus_direction */
static const char *const directions[] = {NULL, "rs485", "rts", "rts-inverted"};
static const int speeds[] = {1200, 2400, 4800, 9600, 19200, 38400, 57600, 115200};

static int parse_speed(const char *text, int *ret)
{
	for (size_t i = 0; i < ARRAY_LEN(speeds); i++)
		if (atoi(text) == speeds[i] && strspn(text, "0123456789") == strlen(text)) {
			*ret = speeds[i];
			return 0;
		}
	return -EINVAL;
}

/* "8N1": Modbus RTU knows eight data bits alone */
static int parse_frame(const char *text, struct modbus_connection *c)
{
	char parity = (char)toupper((unsigned char)text[0] ? text[1] : 0);
	if (strlen(text) != 3 || text[0] != '8' || !strchr("NEO", parity) || !strchr("12", text[2]))
		return -EINVAL;
	c->parity = parity;
	c->stop_bits = text[2] - '0';
	return 0;
}

int modbus_frame_parse(const char *text, struct modbus_connection *ret)
{
	char copy[32], *comma;
	struct modbus_connection c = *ret;
	if (strlen(text) >= sizeof copy)
		return -EINVAL;
	text_copy(copy, sizeof copy, text);
	if (!(comma = strchr(copy, ',')))
		return -EINVAL;
	*comma = 0;
	if (parse_speed(copy, &c.baud) || parse_frame(comma + 1, &c))
		return -EINVAL;
	*ret = c;
	return 0;
}

static int parse_rtu(char *text, struct modbus_connection *c, struct err *e)
{
	char *save = NULL, *device = strtok_r(text, ",", &save), *field;
	c->baud = 9600;
	c->parity = 'N';
	c->stop_bits = 1;
	if (!device || device[0] != '/' || strlen(device) >= sizeof c->device)
		return err_set(e, NULL, 0,
			       "rtu: wants the path of a port, such as rtu:/dev/serial/by-id/…,9600,8N1");
	text_copy(c->device, sizeof c->device, device);
	if ((field = strtok_r(NULL, ",", &save)) && parse_speed(field, &c->baud))
		return err_set(e, NULL, 0, "%.20s is no speed of Modbus; 9600 is the most usual, up to 115200",
			       field);
	if ((field = strtok_r(NULL, ",", &save)) && parse_frame(field, c))
		return err_set(e, NULL, 0, "%.20s is no frame of Modbus RTU; it is 8N1, 8E1, 8O1 or 8N2",
			       field);
	if ((field = strtok_r(NULL, ",", &save))) {
		for (size_t i = 1; i < ARRAY_LEN(directions); i++)
			if (!strcmp(field, directions[i]))
				c->direction = (enum modbus_direction)i;
		if (!c->direction)
			return err_set(e, NULL, 0,
				       "%.20s does not say who switches to sending; it is rs485, rts or "
				       "rts-inverted",
				       field);
	}
	if ((field = strtok_r(NULL, ",", &save)))
		return err_set(e, NULL, 0, "%.20s is too much; rtu:DEVICE,9600,8N1 is enough", field);
	return 0;
}

static int parse_tcp(char *text, struct modbus_connection *c, struct err *e)
{
	char *host = text, *end;
	const char *port = NULL;
	c->tcp = true;
	if (host[0] == '[' && (end = strchr(host, ']'))) {
		host++;
		*end++ = 0;
		port = *end == ':' ? end + 1 : *end ? "?" : NULL;
	} else if ((end = strrchr(host, ':')) && strchr(host, ':') == end) {
		*end = 0;
		port = end + 1;
	}
	size_t n = strlen(host);
	for (size_t i = 0; i < n; i++)
		if (!isalnum((unsigned char)host[i]) && !strchr(".:-_%", host[i]))
			n = 0;
	if (!n || n >= sizeof c->host)
		return err_set(e, NULL, 0, "tcp: wants a host, such as tcp:192.168.1.50:502");
	text_copy(c->host, sizeof c->host, host);
	if (!port)
		port = MODBUS_PORT;
	long number = strspn(port, "0123456789") == strlen(port) && strlen(port) <= 5 ? atol(port) : 0;
	if (number < 1 || number > 65535)
		return err_set(e, NULL, 0, "%.20s is no port of tcp:; it is 502 with nearly all", port);
	snprintf(c->port, sizeof c->port, "%ld", number);
	return 0;
}

int modbus_connection_parse(const char *text, struct modbus_connection *ret, struct err *e)
{
	struct modbus_connection c = {0};
	cleanup_free char *copy = mem_dup(text);
	int r;
	if (!strncmp(text, "rtu:", 4))
		r = parse_rtu(copy + 4, &c, e);
	else if (!strncmp(text, "tcp:", 4))
		r = parse_tcp(copy + 4, &c, e);
	else if (!strncmp(text, "rtutcp:", 7)) {
		r = parse_tcp(copy + 7, &c, e);
		c.serial_server = true;
	} else
		r = err_set(e, NULL, 0, "connection wants rtu:DEVICE,9600,8N1 or tcp:HOST:PORT");
	if (r == 0)
		*ret = c;
	return r;
}

void modbus_connection_text(const struct modbus_connection *c, char *ret, size_t size)
{
	const char *direction = directions[c->direction];
	if (c->tcp)
		snprintf(ret, size, strchr(c->host, ':') ? "%s:[%s]:%s" : "%s:%s:%s",
			 c->serial_server ? "rtutcp" : "tcp", c->host, c->port);
	else
		snprintf(ret, size, "rtu:%s,%d,8%c%d%s%s", c->device, c->baud, c->parity, c->stop_bits,
			 direction ? "," : "", direction ? direction : "");
}

void modbus_bus_name(const struct modbus_connection *c, char *ret)
{
	if (c->tcp)
		snprintf(ret, MODBUS_BUS_NAME, "[%s]:%s", c->host, c->port);
	else
		port_real_name(c->device, ret, MODBUS_BUS_NAME);
}
