#include "hw/modbus_link.h"
#include "hw/port_holder.h"
#include "base/clock.h"
#include "base/i18n.h"
#include "base/mem.h"
#include "base/text.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/serial.h>
#include <modbus/modbus.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <sys/file.h>
#include <sys/ioctl.h>
#include <sys/select.h>
#include <sys/socket.h>
#include <termios.h>
#include <unistd.h>

#define BYTE_MS       200   /* at most between two bytes of one answer */
#define CONNECT_MS    2000  /* at least, for a TCP host */
#define DEAD_HOST_MS  10000 /* nothing acknowledged for so long: the connection is given up */
#define QUIET_MS      50    /* a line that was silent for so long has nothing more to say */
#define QUIET_MAX_MS  500
#define EXCEPTION_MAX 11

struct modbus_link {
	struct modbus_connection c;
	int64_t timeout_ms;
	modbus_t *ctx;   /* NULL: closed */
	int guard;       /* our lock on the serial port, −1 none */
	int64_t last_ms; /* when the line was last spoken on */
	struct question {
		int unit, table, address, count;
	} owed;          /* the question whose answer did not come in time */
	int64_t owed_ms; /* until then it may still come */
	bool echoes;
};

struct modbus_link *modbus_link_new(const struct modbus_connection *c, int64_t timeout_ms)
{
	struct modbus_link *l = mem_alloc(sizeof *l);
	l->c = *c;
	l->timeout_ms = timeout_ms > 0 ? timeout_ms : 1;
	l->guard = -1;
	return l;
}

void modbus_link_free(struct modbus_link *l)
{
	if (!l)
		return;
	modbus_link_close(l);
	free(l);
}

void modbus_link_close(struct modbus_link *l)
{
	if (l->ctx) {
		if (!l->c.tcp)
			(void)ioctl(modbus_get_socket(l->ctx), TIOCNXCL);
		modbus_close(l->ctx);
		modbus_free(l->ctx);
		l->ctx = NULL;
	}
	if (l->guard >= 0)
		close(l->guard);
	l->guard = -1;
}

bool modbus_link_is_open(const struct modbus_link *l)
{
	return l->ctx;
}

void modbus_link_retune(struct modbus_link *l, int baud, char parity, int stop_bits)
{
	modbus_link_close(l);
	l->c.baud = baud;
	l->c.parity = parity;
	l->c.stop_bits = stop_bits;
}

static void set_response(struct modbus_link *l, int64_t ms)
{
	modbus_set_response_timeout(l->ctx, (uint32_t)(ms / 1000), (uint32_t)(ms % 1000) * 1000);
}

void modbus_link_set_timeout(struct modbus_link *l, int64_t timeout_ms)
{
	l->timeout_ms = timeout_ms > 0 ? timeout_ms : 1;
	if (l->ctx)
		set_response(l, l->timeout_ms);
}

/* ---- opening ---- */

/* libmodbus would change the settings of a port before anybody could say that it is a modem's. */
static int take_port(struct modbus_link *l, struct err *e)
{
	const char *path = l->c.device;
	char holder[64];
	int exclusive = 0, r = 0;
	if (port_locked(path, holder, sizeof holder))
		return err_set(e, path, 0, "the port is in use by %s; a bus needs a port of its own", holder),
		       -EBUSY;
	l->guard = open(path, O_RDWR | O_NOCTTY | O_NONBLOCK | O_CLOEXEC);
	if (l->guard < 0)
		r = -errno;
	else if (!isatty(l->guard))
		r = -ENOTTY;
	else if (flock(l->guard, LOCK_EX | LOCK_NB) != 0)
		r = errno == EWOULDBLOCK ? -EBUSY : -errno;
	else if (ioctl(l->guard, TIOCGEXCL, &exclusive) == 0 && exclusive)
		r = -EBUSY; /* root is let in all the same */
	switch (-r) {
	case 0:
		return 0;
	case EBUSY:
		if (!port_holder(path, holder, sizeof holder))
			text_copy(holder, sizeof holder, _("another line of this gateway"));
		err_set(e, path, 0, "the port is in use by %s; a bus needs a port of its own", holder);
		return r;
	case ENOENT:
		err_set(e, path, 0,
			"there is no such port; is the adapter plugged in? ls /dev/serial/by-id shows what is");
		return r;
	case EACCES:
		err_set(e, path, 0, "permission is missing; the user must be in the group dialout");
		return r;
	case ENOTTY:
		err_set(e, path, 0, "is no serial port");
		return r;
	}
	err_set(e, path, 0, "%s", err_system(-r));
	return r;
}

static int set_direction(struct modbus_link *l, struct err *e)
{
	struct serial_rs485 rs485 = {.flags = SER_RS485_ENABLED | SER_RS485_RTS_ON_SEND};
	int r = 0;
	switch (l->c.direction) {
	case DIRECTION_NONE:
		return 0;
	case DIRECTION_KERNEL:
		r = ioctl(modbus_get_socket(l->ctx), TIOCSRS485, &rs485);
		break;
	case DIRECTION_RTS:
		r = modbus_rtu_set_rts(l->ctx, MODBUS_RTU_RTS_UP);
		break;
	case DIRECTION_RTS_INVERTED:
		r = modbus_rtu_set_rts(l->ctx, MODBUS_RTU_RTS_DOWN);
		break;
	}
	if (r == 0)
		return 0;
	r = -errno;
	err_set(
	    e, l->c.device, 0,
	    "the port cannot switch to sending in this way (%s); most adapters need no such word behind 8N1",
	    err_system(-r));
	return r;
}

static int open_rtu(struct modbus_link *l, struct err *e)
{
	int r = take_port(l, e);
	if (r)
		return r;
	l->ctx = modbus_new_rtu(l->c.device, l->c.baud, l->c.parity, 8, l->c.stop_bits);
	if (!l->ctx)
		return err_set(e, l->c.device, 0, "%s", err_system(errno)), -errno;
	set_response(l, l->timeout_ms);
	modbus_set_byte_timeout(l->ctx, 0, BYTE_MS * 1000);
	if (modbus_connect(l->ctx) != 0) {
		r = -errno;
		modbus_free(l->ctx);
		l->ctx = NULL;
		err_set(e, l->c.device, 0, "%s", err_system(-r));
		return r;
	}
	(void)ioctl(modbus_get_socket(l->ctx), TIOCEXCL);
	tcflush(modbus_get_socket(l->ctx), TCIOFLUSH);
	return set_direction(l, e);
}

/* The connection stays, its framing becomes that of the serial line behind the server. */
static void speak_rtu(struct modbus_link *l)
{
	modbus_t *rtu = modbus_new_rtu("/dev/null", 9600, 'N', 8, 1);
	if (!rtu)
		return;
	modbus_set_socket(rtu, modbus_get_socket(l->ctx));
	modbus_set_socket(l->ctx, -1);
	modbus_free(l->ctx);
	l->ctx = rtu;
}

static int open_tcp(struct modbus_link *l, struct err *e)
{
	char name[sizeof l->c.host + sizeof l->c.port + 4];
	modbus_connection_text(&l->c, name, sizeof name);
	l->ctx = modbus_new_tcp_pi(l->c.host, l->c.port);
	if (!l->ctx)
		return err_set(e, name, 0, "%s", err_system(errno)), -errno;
	set_response(l, l->timeout_ms > CONNECT_MS ? l->timeout_ms : CONNECT_MS);
	errno = 0;
	if (modbus_connect(l->ctx) != 0) {
		int r = errno ? -errno : -ECONNREFUSED;
		modbus_free(l->ctx);
		l->ctx = NULL;
		if (r == -ETIMEDOUT)
			err_set(e, name, 0, "the host does not answer; is it on, and is the address right?");
		else
			err_set(e, name, 0, "nobody answers there; are address and port right?");
		return r;
	}
	if (l->c.serial_server)
		speak_rtu(l);
	set_response(l, l->timeout_ms);
	modbus_set_byte_timeout(l->ctx, 0, BYTE_MS * 1000);
	unsigned dead = DEAD_HOST_MS;
	(void)setsockopt(modbus_get_socket(l->ctx), IPPROTO_TCP, TCP_USER_TIMEOUT, &dead, sizeof dead);
	return 0;
}

int modbus_link_open(struct modbus_link *l, struct err *e)
{
	if (l->ctx)
		return 0;
	int r = l->c.tcp ? open_tcp(l, e) : open_rtu(l, e);
	/* libmodbus waits with select(), which has no room for more */
	if (r == 0 && modbus_get_socket(l->ctx) >= FD_SETSIZE) {
		r = -EMFILE;
		err_set(e, l->c.tcp ? l->c.host : l->c.device, 0, "%s", err_system(EMFILE));
	}
	if (r)
		modbus_link_close(l);
	return r;
}

/* ---- reading ---- */

/* Many a gateway hangs up when nothing was asked for a minute. */
static bool peer_hung_up(const struct modbus_link *l)
{
	char c;
	ssize_t n = recv(modbus_get_socket(l->ctx), &c, 1, MSG_PEEK | MSG_DONTWAIT);
	return n == 0 || (n < 0 && errno != EAGAIN && errno != EINTR);
}

static void wait_until_quiet(struct modbus_link *l, uint8_t *first, size_t size)
{
	struct pollfd p = {.fd = modbus_get_socket(l->ctx), .events = POLLIN};
	uint8_t waste[256];
	for (int ms = 0; ms < QUIET_MAX_MS && poll(&p, 1, QUIET_MS) > 0; ms += QUIET_MS / 5) {
		ssize_t n = read(p.fd, waste, sizeof waste);
		if (n <= 0)
			break;
		for (ssize_t i = 0; i < n && size; i++, size--)
			*first++ = waste[i];
		usleep(QUIET_MS / 5 * 1000);
	}
}

static uint16_t crc_of(const uint8_t *bytes, size_t n)
{
	uint16_t crc = 0xFFFF;
	for (size_t i = 0; i < n * 8; i++) {
		if (i % 8 == 0)
			crc ^= bytes[i / 8];
		crc = (uint16_t)(crc & 1 ? crc >> 1 ^ 0xA001 : crc >> 1);
	}
	return crc;
}

/* Of its own question libmodbus takes the high byte of the address, 0, for the length of an answer: the last three bytes are left. */
static void hear_echo(struct modbus_link *l, const struct question *q)
{
	uint8_t sent[] = {(uint8_t)q->unit,    (uint8_t)q->table,        (uint8_t)(q->address >> 8),
			  (uint8_t)q->address, (uint8_t)(q->count >> 8), (uint8_t)q->count};
	uint16_t crc = crc_of(sent, sizeof sent);
	uint8_t tail[] = {(uint8_t)q->count, (uint8_t)crc, (uint8_t)(crc >> 8)}, heard[sizeof tail] = {0};
	wait_until_quiet(l, heard, sizeof heard);
	l->echoes = q->address < 256 && !memcmp(heard, tail, sizeof tail);
}

bool modbus_link_echoes(const struct modbus_link *l)
{
	return l->echoes;
}

static bool frames_of_rtu(const struct modbus_link *l)
{
	return !l->c.tcp || l->c.serial_server;
}

static void owe(struct modbus_link *l, const struct question *q)
{
	l->owed = *q;
	l->owed_ms = mono_ms() + l->timeout_ms;
}

/* A frame of RTU does not say which registers it is about: the late answer to one question would pass for that to the unit's next. */
static void wait_for_owed(struct modbus_link *l, const struct question *q)
{
	int64_t wait = l->owed_ms - mono_ms();
	struct pollfd p = {.fd = modbus_get_socket(l->ctx), .events = POLLIN};
	if (wait <= 0 || q->unit != l->owed.unit || !memcmp(q, &l->owed, sizeof *q))
		return;
	if (poll(&p, 1, (int)wait) > 0)
		wait_until_quiet(l, NULL, 0);
}

/* Frames are told apart by 3.5 characters of silence (Modbus over Serial Line, 2.5.1.1); cheap parts want it. */
static void keep_gap(const struct modbus_link *l)
{
	if (l->c.tcp)
		return;
	int64_t gap = 38500 / l->c.baud + 1, passed = mono_ms() - l->last_ms;
	if (passed < gap)
		usleep((useconds_t)(gap - passed) * 1000);
}

static int ask(struct modbus_link *l, enum modbus_table table, int address, int count, uint16_t *ret)
{
	uint8_t bits[MODBUS_BITS_MAX];
	int n = -1;
	char waste[256];
	modbus_flush(l->ctx);
	/* libmodbus flushes a terminal there, which this is not */
	while (l->c.serial_server &&
	       recv(modbus_get_socket(l->ctx), waste, sizeof waste, MSG_DONTWAIT) == sizeof waste)
		;
	errno = 0;
	switch (table) {
	case MODBUS_COIL:
		n = modbus_read_bits(l->ctx, address, count, bits);
		break;
	case MODBUS_DISCRETE:
		n = modbus_read_input_bits(l->ctx, address, count, bits);
		break;
	case MODBUS_HOLDING:
		return modbus_read_registers(l->ctx, address, count, ret) == count ? 0 : -1;
	case MODBUS_INPUT:
		return modbus_read_input_registers(l->ctx, address, count, ret) == count ? 0 : -1;
	}
	for (int i = 0; i < n && i < count; i++)
		ret[i] = bits[i] ? 1 : 0;
	return n == count ? 0 : -1;
}

/* libmodbus' numbers as ours */
static int fault_of(int error)
{
	if (error > MODBUS_ENOBASE && error <= MODBUS_ENOBASE + EXCEPTION_MAX)
		return -(MODBUS_EXCEPTION + error - MODBUS_ENOBASE);
	switch (error) {
	case MODBUS_ENOBASE: /* exception 0 */
	case EMBBADCRC:
	case EMBBADDATA:
	case EMBBADEXC:
	case EMBUNKEXC:
	case EMBMDATA:
	case EMBBADSLAVE:
		return -EBADMSG;
	}
	return error ? -error : -EIO;
}

int modbus_link_read(struct modbus_link *l, int unit, enum modbus_table table, int address, int count,
		     uint16_t *ret)
{
	uint16_t words[MODBUS_BITS_MAX];
	bool bits = table == MODBUS_COIL || table == MODBUS_DISCRETE;
	if (count < 1 || count > (bits ? MODBUS_BITS_MAX : MODBUS_WORDS_MAX) || address < 0 ||
	    address + count > 65536 || unit < 0)
		return -EINVAL;
	if (l->ctx && l->c.tcp && peer_hung_up(l))
		modbus_link_close(l);
	int r = modbus_link_open(l, NULL);
	if (r)
		return r;
	if (modbus_set_slave(l->ctx, unit) != 0)
		return -EINVAL;
	struct question q = {unit, (int)table, address, count};
	if (frames_of_rtu(l))
		wait_for_owed(l, &q);
	bool again = mono_ms() < l->owed_ms && !memcmp(&q, &l->owed, sizeof q);
	keep_gap(l);
	r = ask(l, table, address, count, words);
	if (r && errno == EMBBADSLAVE && frames_of_rtu(l)) {
		/* what a slower unit had to say before: the answer to our own question is still to come, or was lost */
		wait_until_quiet(l, NULL, 0);
		r = ask(l, table, address, count, words);
	} else if (r && errno == EMBBADDATA && l->c.tcp && !l->c.serial_server) {
		/* the same, as another transaction: on a new connection nothing is left of it */
		modbus_link_close(l);
		if (modbus_link_open(l, NULL) || modbus_set_slave(l->ctx, unit) != 0)
			return -EBADMSG;
		r = ask(l, table, address, count, words);
	}
	int error = errno;
	l->last_ms = mono_ms();
	if (r == 0) {
		if (again)
			owe(l, &q); /* this was the answer to the first time, maybe */
		memcpy(ret, words, (size_t)count * sizeof *ret);
		return 0;
	}
	r = fault_of(error);
	if (r == -ETIMEDOUT)
		owe(l, &q);
	else if (r == -EBADMSG)
		hear_echo(l, &q);
	else if (!modbus_fault_is_units(r))
		modbus_link_close(l);
	return r;
}

/* ---- faults in words ---- */

int modbus_exception(int r)
{
	return r <= -(MODBUS_EXCEPTION + 1) && r >= -(MODBUS_EXCEPTION + EXCEPTION_MAX) ? -r - MODBUS_EXCEPTION
											: 0;
}

bool modbus_fault_is_units(int r)
{
	return r == -ETIMEDOUT || r == -EBADMSG || modbus_exception(r);
}

/* MODBUS Application Protocol V1.1b3, 7 */
static const char *const exceptions[EXCEPTION_MAX + 1] = {
    [1] = N_("illegal function"),
    [2] = N_("illegal data address"),
    [3] = N_("illegal data value"),
    [4] = N_("the device failed"),
    [5] = N_("accepted, takes a while"),
    [6] = N_("the device is busy"),
    [7] = N_("refused"),
    [8] = N_("memory parity error"),
    [10] = N_("the gateway has no path"),
    [11] = N_("behind the gateway nobody answers"),
};

const char *modbus_error_text(int r, char *buf, size_t size)
{
	int exception = modbus_exception(r);
	if (exception)
		snprintf(buf, size, _("%s (%02d)"),
			 exceptions[exception] ? _(exceptions[exception]) : _("refused"), exception);
	else if (r == -ETIMEDOUT)
		text_copy(buf, size, _("no answer"));
	else if (r == -EBADMSG)
		text_copy(buf, size, _("a garbled answer"));
	else if (r == -ECONNRESET || r == -EPIPE)
		text_copy(buf, size, _("the connection broke"));
	else
		text_copy(buf, size, err_system(-r));
	return buf;
}
