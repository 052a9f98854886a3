/* The shipped maps: every quoted frame goes over a pseudo-terminal to libmodbus and through the rows of its map. What is
 * asked must be the quoted request to the byte (so its CRC, too), what comes back the quoted answer, CRC and all. */
#include "hw/cabinet.h"
#include "base/mem.h"
#include "base/text.h"

#include <errno.h>
#include <math.h>
#include <poll.h>
#include <pthread.h>
#include <pty.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <termios.h>
#include <unistd.h>
#include <cmocka.h>

static struct register_maps maps;

/* The part: says the answer when it hears the request, and keeps what it heard. */
struct part {
	int master;
	const struct map_frame *frame;
	uint8_t heard[MAP_FRAME_MAX];
	ssize_t heard_len;
};

static void *answer(void *user)
{
	struct part *p = user;
	struct pollfd pfd = {.fd = p->master, .events = POLLIN};
	while (p->heard_len < p->frame->request_len && poll(&pfd, 1, 2000) > 0) {
		ssize_t n = read(p->master, p->heard + p->heard_len, sizeof p->heard - (size_t)p->heard_len);
		if (n <= 0)
			break;
		p->heard_len += n;
	}
	if (p->heard_len == p->frame->request_len)
		(void)!write(p->master, p->frame->answer, (size_t)p->frame->answer_len);
	return NULL;
}

/* "temperature=30.5 humidity=54.6", "x=none", "exception=2" */
static void check_means(const struct register_map *m, const struct map_frame *f, const struct map_request *q,
			const uint16_t *words, int r)
{
	cleanup_free char *copy = mem_dup(f->means);
	char *save = NULL;
	int read = 0, at;
	for (char *w = strtok_r(copy, " ", &save); w; w = strtok_r(NULL, " ", &save)) {
		char *is = strchr(w, '=');
		assert_non_null(is);
		*is++ = 0;
		if (!strcmp(w, "exception")) {
			assert_int_equal(modbus_exception(r), atoi(is));
			return;
		}
		if (r)
			fail_msg("%s:%d: read gave %d", m->file, f->line, r);
		const struct map_row *row = register_map_row(m, w);
		struct map_value v;
		if (!row || !register_plan_has(q, row, &at))
			fail_msg("%s:%d: %s is no row of that request", m->file, f->line, w);
		register_decode(row, words + at, &v);
		read++;
		if (!strcmp(is, "none"))
			assert_false(v.valid);
		else if (!v.valid || fabs(v.value - strtod(is, NULL)) > 1e-5 * (1 + fabs(v.value)))
			fail_msg("%s:%d: %s is %g, quoted as %s", m->file, f->line, w, v.value, is);
	}
	assert_true(read > 0);
}

static void try_frame(const struct register_map *m, const struct map_frame *f)
{
	struct part part = {.frame = f};
	struct modbus_connection c = {.baud = 9600, .parity = 'N', .stop_bits = 1};
	struct termios tio;
	pthread_t thread;
	uint16_t words[MODBUS_BITS_MAX];
	struct err e;
	int slave;
	assert_int_equal(openpty(&part.master, &slave, NULL, NULL, NULL), 0);
	tcgetattr(slave, &tio);
	cfmakeraw(&tio);
	tcsetattr(slave, TCSANOW, &tio);
	text_copy(c.device, sizeof c.device, ttyname(slave));
	struct modbus_link *l = modbus_link_new(&c, 1000);
	if (modbus_link_open(l, &e))
		fail_msg("%s", e.text);
	assert_int_equal(f->request_len, 8);
	struct map_request q = {(enum modbus_table)f->request[1], f->request[2] << 8 | f->request[3],
				f->request[4] << 8 | f->request[5]};
	pthread_create(&thread, NULL, answer, &part);
	int r = modbus_link_read(l, f->request[0], q.table, q.address, q.count, words);
	pthread_join(thread, NULL);
	if (part.heard_len != f->request_len || memcmp(part.heard, f->request, (size_t)part.heard_len) != 0)
		fail_msg("%s:%d: the request is not what we ask", m->file, f->line);
	check_means(m, f, &q, words, r);
	modbus_link_free(l);
	close(slave);
	close(part.master);
}

static void test_frames(void **state)
{
	(void)state;
	int frames = 0;
	for (int i = 0; i < maps.count; i++)
		for (int k = 0; k < maps.map[i]->frame_count; k++, frames++)
			try_frame(maps.map[i], &maps.map[i]->frame[k]);
	print_message("%d frames of %d maps\n", frames, maps.count);
	assert_true(frames >= 20);
}

/* A wrong CRC is no value: the same frame with one bit turned. */
static void test_crc_counts(void **state)
{
	(void)state;
	const struct register_map *m = register_maps_find(&maps, "xy-md02");
	struct map_frame f = m->frame[0];
	struct part part = {.frame = &f};
	struct modbus_connection c = {.baud = 9600, .parity = 'N', .stop_bits = 1};
	uint16_t words[2] = {7, 7};
	pthread_t thread;
	int slave;
	f.answer[4] ^= 1;
	assert_int_equal(openpty(&part.master, &slave, NULL, NULL, NULL), 0);
	text_copy(c.device, sizeof c.device, ttyname(slave));
	struct modbus_link *l = modbus_link_new(&c, 1000);
	assert_int_equal(modbus_link_open(l, NULL), 0);
	/* one bus, one user */
	struct modbus_link *second = modbus_link_new(&c, 100);
	struct err e;
	assert_int_equal(modbus_link_open(second, &e), -EBUSY);
	assert_non_null(strstr(e.text, "in use"));
	modbus_link_free(second);
	pthread_create(&thread, NULL, answer, &part);
	assert_int_equal(modbus_link_read(l, 1, MODBUS_INPUT, 1, 2, words), -EBADMSG);
	pthread_join(thread, NULL);
	assert_true(words[0] == 7 && words[1] == 7 && modbus_link_is_open(l));
	/* the adapter is pulled out */
	close(slave);
	close(part.master);
	int r = modbus_link_read(l, 1, MODBUS_INPUT, 1, 2, words);
	assert_true(r < 0 && !modbus_fault_is_units(r));
	assert_false(modbus_link_is_open(l));
	assert_int_equal(modbus_link_read(l, 1, MODBUS_INPUT, 1, 126, words), -EINVAL);
	modbus_link_free(l);
}

/* What installers read and what scan needs is there, in both languages. */
static void test_complete(void **state)
{
	(void)state;
	for (int i = 0; i < maps.count; i++) {
		const struct register_map *m = maps.map[i];
		if (!m->title_zh[0] || !m->makers[0] || !m->baud || !m->rule_count || !m->frame_count)
			fail_msg("%s: title_zh, makers, serial, identify or frames are missing", m->file);
		if (m->evidence[0] != '[' || !strchr("MCF", m->evidence[1]))
			fail_msg("%s: evidence begins with its mark", m->file);
		for (int k = 0; k < m->row_count; k++)
			if (!m->row[k].label_en[0] || !m->row[k].label_zh[0])
				fail_msg("%s: [%s] has no label in both languages", m->file, m->row[k].name);
		for (int k = 0; k < m->frame_count; k++)
			if (!m->frame[k].seen[0])
				fail_msg("%s:%d: where was it seen?", m->file, m->frame[k].line);
	}
}

static int load(void **state)
{
	(void)state;
	struct err e;
	if (!register_maps_load("hw/cabinets", &maps, &e))
		return 0;
	print_error("%s:%d: %s\n", e.file, e.line, e.text);
	return -1;
}

static int unload(void **state)
{
	(void)state;
	register_maps_done(&maps);
	return 0;
}

int main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(test_frames), cmocka_unit_test(test_crc_counts),
					   cmocka_unit_test(test_complete)};
	return cmocka_run_group_tests(tests, load, unload);
}
