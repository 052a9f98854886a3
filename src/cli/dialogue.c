#include "cli/dialogue.h"

#include "base/mem.h"
#include "base/text.h"
#include "cli/dialogue_port.h"

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <string.h>
#include <sys/signalfd.h>
#include <unistd.h>

#define READ_SIZE      4096
#define HEARD_MAX      2048 /* of what is no answer; enough to tell who speaks */
#define GREET_EVERY_MS 600

struct urc_copy {
	char *line, *pdu;
};

struct dialogue {
	struct dialogue_port port;
	int signals;       /* signalfd */
	sigset_t old_mask; /* as before it was opened */
	bool interrupted;
	int error;
	struct at_chat *chat;
	const struct modem_row *row;
	struct dialogue_listener listener;
	struct urc_copy urcs[DIALOGUE_URCS];
	int urc_count;
	struct urc_copy shown; /* behind the one that dialogue_wait gave out */
	struct at_urc urc;
	struct at_reply reply; /* of the last question; strings in `text` and `lines` */
	struct buf text;
	const char **lines;
	bool done; /* the running question has its reply */
	struct buf heard;
	bool greeted;
};

/* ------------------------------------------------------------------------------------------ what the chat says */

static void free_urc(struct urc_copy *u)
{
	free(u->line);
	free(u->pdu);
	*u = (struct urc_copy){0};
}

static void drop_urc(struct dialogue *d, int i)
{
	memmove(&d->urcs[i], &d->urcs[i + 1], (size_t)(d->urc_count - i - 1) * sizeof d->urcs[0]);
	d->urc_count--;
}

static void on_urc(void *user, const struct at_urc *u)
{
	struct dialogue *d = user;
	if (d->urc_count == DIALOGUE_URCS) {
		free_urc(&d->urcs[0]);
		drop_urc(d, 0);
	}
	d->urcs[d->urc_count++] = (struct urc_copy){mem_dup(u->line), mem_dup(u->pdu)};
	if (d->listener.urc)
		d->listener.urc(d->listener.user, u);
}

static void on_late(void *user, uint64_t tag, const char *line)
{
	struct dialogue *d = user;
	(void)tag;
	if (d->listener.late)
		d->listener.late(d->listener.user, line);
}

static void on_sent(void *user, const char *bytes, size_t n)
{
	struct dialogue *d = user;
	if (d->listener.sent)
		d->listener.sent(d->listener.user, bytes, n);
}

static void on_received(void *user, const char *bytes, size_t n)
{
	struct dialogue *d = user;
	if (d->heard.len < HEARD_MAX)
		buf_add(&d->heard, bytes, n < HEARD_MAX - d->heard.len ? n : HEARD_MAX - d->heard.len);
	if (d->listener.received)
		d->listener.received(d->listener.user, bytes, n);
}

static void new_chat(struct dialogue *d)
{
	struct at_chat_events e = {
	    .urc = on_urc, .late = on_late, .sent = on_sent, .received = on_received, .user = d};
	struct at_chat_options o = d->row ? modem_row_chat_options(d->row) : at_chat_defaults();
	at_chat_free(d->chat);
	d->chat = at_chat_new(&o, &e);
}

/* The chat's reply lives until its callback returns: keep all of it. */
static void keep(struct dialogue *d, const struct at_reply *r)
{
	size_t at = 0;
	buf_reset(&d->text);
	buf_add(&d->text, r->text, strlen(r->text) + 1);
	for (size_t i = 0; i < r->count; i++)
		buf_add(&d->text, r->lines[i], strlen(r->lines[i]) + 1);
	free(d->lines);
	d->lines = mem_array(r->count + 1, sizeof *d->lines);
	for (size_t i = 0; i < r->count; i++)
		d->lines[i] = d->text.data + (at += strlen(d->text.data + at) + 1);
	d->reply = *r;
	d->reply.text = d->text.data;
	d->reply.lines = d->lines;
	d->done = true;
}

static void on_done(void *user, const struct at_reply *r)
{
	keep(user, r);
}

/* ------------------------------------------------------------------------------------------------- the loop */

static void lose(struct dialogue *d, int error)
{
	d->error = error;
	at_chat_abort(d->chat, mono_ms());
}

static void write_out(struct dialogue *d)
{
	const char *out;
	size_t n;
	ssize_t put = 1;
	while (!d->error && put > 0 && (n = at_chat_output(d->chat, &out)) > 0) {
		put = transport_write(&d->port.transport, out, n);
		if (put > 0)
			at_chat_wrote(d->chat, mono_ms(), (size_t)put);
		else if (put < 0)
			lose(d, (int)put);
	}
}

static void read_in(struct dialogue *d)
{
	char bytes[READ_SIZE];
	ssize_t got = transport_read(&d->port.transport, bytes, sizeof bytes);
	if (got > 0)
		at_chat_feed(d->chat, mono_ms(), bytes, (size_t)got);
	else if (got < 0)
		lose(d, (int)got);
}

/* One turn for all of `list`, waiting at most until `until_ms`. 1: other_fd can be read. */
static int turn(struct dialogue *const *list, int count, int other_fd, int64_t until_ms)
{
	struct pollfd *p = mem_array((size_t)count * 2 + 1, sizeof *p);
	const char *out;
	for (int i = 0; i < count; i++) {
		struct dialogue *d = list[i];
		p[2 * i].fd = p[2 * i + 1].fd = -1;
		if (!d || d->error)
			continue;
		int64_t due = at_chat_deadline(d->chat);
		until_ms = due < until_ms ? due : until_ms;
		bool full = at_chat_output(d->chat, &out) > 0;
		p[2 * i] = (struct pollfd){.fd = d->port.transport.fd,
					   .events = (short)(POLLIN | (full ? POLLOUT : 0))};
		p[2 * i + 1] = (struct pollfd){.fd = d->interrupted ? -1 : d->signals, .events = POLLIN};
	}
	p[2 * count] = (struct pollfd){.fd = other_fd, .events = POLLIN};
	int64_t left = until_ms == INT64_MAX ? -1 : until_ms - mono_ms();
	int n = poll(p, (nfds_t)count * 2 + 1, left < -1 ? 0 : left > INT32_MAX ? INT32_MAX : (int)left);
	for (int i = 0; i < count; i++) {
		struct dialogue *d = list[i];
		if (!d || d->error)
			continue;
		if (n > 0 && p[2 * i + 1].revents)
			d->interrupted = true;
		if (n > 0 && p[2 * i].revents & (POLLIN | POLLHUP | POLLERR))
			read_in(d);
		if (!d->error && at_chat_deadline(d->chat) <= mono_ms())
			at_chat_tick(d->chat, mono_ms());
		write_out(d);
	}
	int readable = n > 0 && p[2 * count].revents;
	free(p);
	return readable;
}

int dialogue_pass(struct dialogue *d, int other_fd, int timeout_ms)
{
	int64_t until = timeout_ms < 0 ? INT64_MAX : mono_ms() + timeout_ms;
	while (!d->error && !d->interrupted) {
		if (turn(&d, 1, other_fd, until))
			return 1;
		if (mono_ms() >= until)
			return 0;
	}
	return d->error ? d->error : -EINTR;
}

/* ------------------------------------------------------------------------------------------------ questions */

const struct at_reply *dialogue_ask(struct dialogue *d, struct at_command c)
{
	const struct at_reply none = {.final = AT_CANCELLED, .code = -1, .text = ""};
	c.flags &= ~(unsigned)AT_GATED;
	c.done = on_done;
	c.user = d;
	d->done = false;
	if (d->error || d->interrupted || at_chat_submit(d->chat, mono_ms(), &c))
		keep(d, &none);
	write_out(d);
	while (!d->done && !d->interrupted)
		turn(&d, 1, -1, INT64_MAX);
	if (!d->done) {
		/* ESC, so that no prompt stands; then nothing of this question is waited for */
		at_chat_abort(d->chat, mono_ms());
		if (c.payload)
			(void)transport_write(&d->port.transport, "\x1b\r", 2);
	}
	return &d->reply;
}

const struct at_reply *dialogue_command(struct dialogue *d, const char *line, int timeout_ms)
{
	struct at_command c = {.flags = AT_TAKE_ALL, .timeout_ms = timeout_ms};
	text_copy(c.line, sizeof c.line, line);
	return dialogue_ask(d, c);
}

static const struct at_urc *find_urc(struct dialogue *d, unsigned kinds)
{
	for (int i = 0; i < d->urc_count; i++) {
		urc_parse(d->urcs[i].line, d->urcs[i].pdu, &d->urc);
		if (!(kinds & URC_BIT(d->urc.kind)))
			continue;
		free_urc(&d->shown);
		d->shown = d->urcs[i];
		drop_urc(d, i);
		return &d->urc;
	}
	return NULL;
}

const struct at_urc *dialogue_wait(struct dialogue *d, unsigned kinds, int timeout_ms)
{
	int64_t until = mono_ms() + timeout_ms;
	const struct at_urc *u;
	while (!(u = find_urc(d, kinds)) && !d->error && !d->interrupted && mono_ms() < until)
		turn(&d, 1, -1, until);
	return u;
}

int dialogue_hand_over(struct dialogue *d, const struct at_urc *u)
{
	bool text = u->kind == URC_CMT || u->kind == URC_CDS, wanted;
	if (!dialogue_borrowed(d))
		return -ENOTCONN;
	if (text ? !u->pdu : !u->number[0])
		return -EINVAL;
	int r =
	    text ? dialogue_port_take(&d->port, u->pdu, u->length) : dialogue_port_called(&d->port, u->number);
	if (r || !text || !d->row)
		return r;
	struct at_command c = at_cmd_acknowledge(d->row, &wanted);
	if (wanted)
		dialogue_ask(d, c);
	return 0;
}

/* ------------------------------------------------------------------------------------------------ who is there */

static void on_greeted(void *user, const struct at_reply *r)
{
	struct dialogue *d = user;
	d->done = true;
	d->greeted = r->final == AT_OK || r->final == AT_ERROR;
}

static void begin_greeting(struct dialogue *d, int timeout_ms)
{
	struct at_command c = at_cmd("AT", timeout_ms);
	buf_reset(&d->heard);
	c.done = on_greeted;
	c.user = d;
	d->greeted = d->done = false;
	at_chat_probe(d->chat, mono_ms(), GREET_EVERY_MS, timeout_ms / GREET_EVERY_MS + 1);
	if (at_chat_submit(d->chat, mono_ms(), &c))
		d->done = true;
	write_out(d);
}

static bool still_greeting(struct dialogue *const *list, int count)
{
	for (int i = 0; i < count; i++)
		if (list[i] && !list[i]->done && !list[i]->error && !list[i]->interrupted)
			return true;
	return false;
}

void dialogue_greet_all(struct dialogue *const *list, int count, int timeout_ms, enum speaker *ret)
{
	int64_t until = mono_ms() + timeout_ms;
	for (int i = 0; i < count; i++)
		if (list[i])
			begin_greeting(list[i], timeout_ms);
	while (still_greeting(list, count) && mono_ms() < until)
		turn(list, count, -1, until);
	for (int i = 0; i < count; i++) {
		struct dialogue *d = list[i];
		ret[i] = !d           ? SPEAKER_SILENT
			 : d->greeted ? SPEAKER_MODEM
				      : speaker_of(d->heard.data, d->heard.len);
		if (d && !d->done)
			at_chat_abort(d->chat, mono_ms());
	}
}

enum speaker dialogue_greet(struct dialogue *d, int timeout_ms)
{
	enum speaker who;
	dialogue_greet_all(&d, 1, timeout_ms, &who);
	return who;
}

/* -------------------------------------------------------------------------------------------- open and close */

static struct dialogue *begin(struct dialogue_port *port)
{
	struct dialogue *d = mem_alloc(sizeof *d);
	sigset_t ends;
	d->port = *port;
	sigemptyset(&ends);
	sigaddset(&ends, SIGINT);
	sigaddset(&ends, SIGTERM);
	sigaddset(&ends, SIGHUP);
	sigprocmask(SIG_BLOCK, &ends, &d->old_mask);
	d->signals = signalfd(-1, &ends, SFD_CLOEXEC | SFD_NONBLOCK);
	d->reply = (struct at_reply){.final = AT_CANCELLED, .code = -1, .text = ""};
	new_chat(d);
	return d;
}

int dialogue_open(const char *path, int baud, struct dialogue **ret, struct err *e)
{
	struct dialogue_port port;
	int r = dialogue_port_open(&port, path, baud, e);
	if (!r)
		*ret = begin(&port);
	return r;
}

int dialogue_borrow(const struct config *cfg, const char *name, int patience_ms, struct dialogue **ret,
		    struct err *e)
{
	struct dialogue_port port;
	int r = dialogue_port_borrow(&port, cfg, name, patience_ms, e);
	if (!r)
		*ret = begin(&port);
	return r;
}

void dialogue_close(struct dialogue *d)
{
	if (!d)
		return;
	at_chat_free(d->chat);
	while (d->urc_count)
		free_urc(&d->urcs[--d->urc_count]);
	free_urc(&d->shown);
	dialogue_port_close(&d->port);
	buf_done(&d->text);
	buf_done(&d->heard);
	free(d->lines);
	if (d->signals >= 0)
		close(d->signals);
	sigprocmask(SIG_SETMASK, &d->old_mask, NULL);
	free(d);
}

bool dialogue_resume(struct dialogue *d)
{
	struct signalfd_siginfo s;
	bool ends = false;
	while (d->signals >= 0 && read(d->signals, &s, sizeof s) == (ssize_t)sizeof s)
		if (s.ssi_signo != SIGINT) {
			raise((int)s.ssi_signo); /* blocked: waits for the end of the dialogue */
			ends = true;
			break;
		}
	if (!ends && d->interrupted && !d->error) {
		d->interrupted = false;
		new_chat(d);
		at_chat_resync(d->chat, mono_ms());
	}
	return !ends;
}

const char *dialogue_path(const struct dialogue *d)
{
	return d->port.path;
}

bool dialogue_borrowed(const struct dialogue *d)
{
	return d->port.link.fd >= 0;
}

bool dialogue_interrupted(const struct dialogue *d)
{
	return d->interrupted;
}

int dialogue_error(const struct dialogue *d)
{
	return d->error;
}

void dialogue_set_row(struct dialogue *d, const struct modem_row *row)
{
	d->row = row;
	new_chat(d);
}

void dialogue_listen(struct dialogue *d, const struct dialogue_listener *l)
{
	d->listener = *l;
}
