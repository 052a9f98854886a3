/* Which port for which line: a play with a list of ports, and modems that are only words. */
#include "at_commands/modem_row.h"
#include "daemon/ports_table.h"
#include "base/mem.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>
#include <cmocka.h>

#define A "860000000000011"
#define B "860000000000029"
#define X "89860000000000000001"
#define Y "89860000000000000002"

struct play {
	struct ports_table t;
	struct ports_seen seen[16];
	int count;
	int64_t now;
};

/* "ttyUSB2" of stick "1-1", interface 2 of a 2c7c:0125: at_if 2 3, avoid_if 0 1. */
static struct ports_seen *plug(struct play *p, const char *tty, const char *stick, int interface)
{
	static const struct modem_row ec25 = {
	    .at_if = {2, 3}, .at_if_count = 2, .avoid_if = {0, 1}, .avoid_if_count = 2};
	struct ports_seen *s = &p->seen[p->count++];
	*s = (struct ports_seen){.mark = 1, .offered = true};
	snprintf(s->path, sizeof s->path, "/dev/%s", tty);
	snprintf(s->node, sizeof s->node, "/dev/%s", tty);
	snprintf(s->usb.stick, sizeof s->usb.stick, "%s", stick);
	snprintf(s->usb.id, sizeof s->usb.id, "2c7c:0125");
	s->usb.interface = interface;
	s->rank = modem_row_rank(&ec25, interface);
	return s;
}

static void look(struct play *p)
{
	ports_table_update(&p->t, p->seen, p->count);
}

static void unplug(struct play *p, const char *stick)
{
	int n = 0;
	for (int i = 0; i < p->count; i++)
		if (strcmp(p->seen[i].usb.stick, stick) != 0)
			p->seen[n++] = p->seen[i];
	p->count = n;
	look(p);
}

static struct ports_line *line(struct play *p, const char *who, const char *device, const char *learned,
			       const char *iccid)
{
	struct ports_want w = {.kind = PORTS_PATH_DEVICE};
	if (!strncmp(device, "imei:", 5)) {
		w.kind = PORTS_IMEI_DEVICE;
		learned = device + 5;
	} else if (!strncmp(device, "usb:", 4)) {
		w.kind = PORTS_USB_DEVICE;
		snprintf(w.usb, sizeof w.usb, "%s", device + 4);
	} else
		snprintf(w.node, sizeof w.node, "%s", device);
	snprintf(w.imei, sizeof w.imei, "%s", learned);
	snprintf(w.iccid, sizeof w.iccid, "%s", iccid);
	return ports_table_want(&p->t, who, &w);
}

/* The name of the port that the line gets, "" none. */
static const char *claim(struct play *p, struct ports_line *l)
{
	const struct ports_port *got = ports_table_claim(&p->t, l, p->now);
	return got ? got->at.path + strlen("/dev/") : "";
}

static bool answers(struct play *p, struct ports_line *l, const char *imei, const char *iccid)
{
	bool learned;
	bool mine = ports_table_identified(&p->t, l, imei, iccid, &learned);
	if (!mine)
		ports_table_release(&p->t, l, PORTS_CLOSED, p->now);
	return mine;
}

static void silent(struct play *p, struct ports_line *l)
{
	ports_table_release(&p->t, l, PORTS_SILENT, p->now);
}

static void done(struct play *p)
{
	ports_table_done(&p->t);
}

static void test_order(void **unused)
{
	(void)unused;
	struct play p = {0};
	for (int i = 0; i < 5; i++) {
		char tty[24];
		snprintf(tty, sizeof tty, "ttyUSB%d", i);
		plug(&p, tty, "1-1", i);
	}
	look(&p);
	struct ports_line *l = line(&p, "m", "imei:" A, "", "");
	/* at_if in its order, the others, at last those to be avoided */
	static const char *const order[] = {"ttyUSB2", "ttyUSB3", "ttyUSB4", "ttyUSB0", "ttyUSB1"};
	for (size_t i = 0; i < ARRAY_LEN(order); i++) {
		assert_string_equal(claim(&p, l), order[i]);
		assert_false(l->sure);
		silent(&p, l);
	}
	/* all were silent: they rest, and are tried again, since a modem may have been booting */
	assert_string_equal(claim(&p, l), "");
	int64_t retry = ports_table_retry_ms(&p.t, l);
	assert_true(retry > p.now && retry <= p.now + 2000);
	p.now = retry;
	assert_string_equal(claim(&p, l), "ttyUSB2");
	assert_true(answers(&p, l, A, X));
	ports_table_release(&p.t, l, PORTS_CLOSED, p.now);
	assert_string_equal(claim(&p, l), "ttyUSB2");
	assert_true(l->sure);
	/* a modem of ours that falls silent is the ladder's, not to be forgotten */
	silent(&p, l);
	assert_string_equal(claim(&p, l), "ttyUSB2");
	done(&p);
}

static void test_pauses_grow(void **unused)
{
	(void)unused;
	struct play p = {0};
	plug(&p, "ttyUSB2", "1-1", 2);
	look(&p);
	struct ports_line *l = line(&p, "m", "imei:" A, "", "");
	int64_t last = 0;
	for (int i = 0; i < 20; i++) {
		assert_string_equal(claim(&p, l), "ttyUSB2");
		silent(&p, l);
		int64_t pause = ports_table_retry_ms(&p.t, l) - p.now;
		assert_true(pause >= last && pause <= 600000);
		last = pause;
		p.now += pause;
	}
	assert_int_equal(last, 600000);
	/* plugged in anew, it begins at the beginning */
	unplug(&p, "1-1");
	plug(&p, "ttyUSB2", "1-1", 2)->mark = 2;
	look(&p);
	assert_string_equal(claim(&p, l), "ttyUSB2");
	done(&p);
}

static void test_two_by_imei(void **unused)
{
	(void)unused;
	struct play p = {0};
	plug(&p, "ttyUSB2", "1-1", 2);
	plug(&p, "ttyUSB3", "1-1", 3);
	plug(&p, "ttyUSB6", "1-2", 2);
	look(&p);
	struct ports_line *a = line(&p, "a", "imei:" A, "", ""), *b = line(&p, "b", "imei:" B, "", "");
	/* stick 1-1 is B's, but who knows: while `a` asks there, `b` goes to the other stick */
	assert_string_equal(claim(&p, a), "ttyUSB2");
	assert_string_equal(claim(&p, b), "ttyUSB6");
	assert_false(answers(&p, a, B, ""));
	/* what one learned all know: neither port of that stick is asked by `a` again */
	assert_string_equal(claim(&p, a), "");
	assert_int_equal(ports_table_retry_ms(&p.t, a), INT64_MAX);
	assert_false(answers(&p, b, A, ""));
	assert_string_equal(claim(&p, a), "ttyUSB6");
	assert_string_equal(claim(&p, b), "ttyUSB2");
	assert_true(answers(&p, a, A, "") && answers(&p, b, B, ""));
	/* swapped while they were away */
	unplug(&p, "1-1");
	unplug(&p, "1-2");
	assert_true(ports_table_lost(a) && ports_table_lost(b));
	ports_table_release(&p.t, a, PORTS_GONE, p.now);
	ports_table_release(&p.t, b, PORTS_GONE, p.now);
	assert_string_equal(claim(&p, a), "");
	plug(&p, "ttyUSB0", "1-2", 2)->usb.number = 7;
	look(&p);
	assert_true(ports_table_has_fresh(&p.t, a, p.now));
	assert_string_equal(claim(&p, a), "ttyUSB0");
	assert_string_equal(claim(&p, b), "");
	assert_false(answers(&p, a, B, ""));
	assert_string_equal(claim(&p, b), "ttyUSB0");
	assert_true(answers(&p, b, B, ""));
	done(&p);
}

static void test_path_is_followed(void **unused)
{
	(void)unused;
	struct play p = {0};
	plug(&p, "ttyUSB2", "1-1", 2);
	plug(&p, "ttyUSB3", "1-1", 3);
	look(&p);
	struct ports_line *l = line(&p, "m", "/dev/ttyUSB2", "", "");
	bool learned = false;
	assert_string_equal(claim(&p, l), "ttyUSB2");
	assert_true(l->sure);
	assert_true(ports_table_identified(&p.t, l, A, X, &learned));
	assert_true(learned);
	assert_string_equal(l->want.imei, A);
	/* its own path alone, as long as it is there */
	silent(&p, l);
	assert_string_equal(claim(&p, l), "ttyUSB2");
	ports_table_release(&p.t, l, PORTS_GONE, p.now);
	unplug(&p, "1-1");
	l->want.node[0] = 0;
	assert_string_equal(claim(&p, l), "");
	plug(&p, "ttyUSB7", "1-1", 2)->usb.number = 9;
	plug(&p, "ttyUSB8", "1-3", 2); /* somebody else's */
	look(&p);
	/* the same socket first */
	assert_string_equal(claim(&p, l), "ttyUSB7");
	assert_false(l->sure);
	assert_true(answers(&p, l, A, X));
	assert_true(l->sure);
	done(&p);
}

static void test_path_without_history(void **unused)
{
	(void)unused;
	struct play p = {0};
	plug(&p, "ttyUSB7", "1-1", 2);
	look(&p);
	/* never seen yet: no other stick is asked */
	struct ports_line *l = line(&p, "m", "", "", "");
	assert_string_equal(claim(&p, l), "");
	/* a stranger in its place is the new modem of the line: a stick was replaced */
	plug(&p, "ttyUSB2", "1-2", 2);
	look(&p);
	struct ports_line *m = line(&p, "n", "/dev/ttyUSB2", A, "");
	assert_string_equal(claim(&p, m), "ttyUSB2");
	bool learned;
	assert_true(ports_table_identified(&p.t, m, B, "", &learned));
	assert_true(learned);
	assert_string_equal(m->want.imei, B);
	done(&p);
}

static void test_paths_swapped(void **unused)
{
	(void)unused;
	struct play p = {0};
	plug(&p, "ttyUSB0", "1-1", 2);
	plug(&p, "ttyUSB1", "1-2", 2);
	look(&p);
	/* the names are the other way round than when the lines learned their modems */
	struct ports_line *a = line(&p, "a", "/dev/ttyUSB0", A, ""), *b = line(&p, "b", "/dev/ttyUSB1", B, "");
	assert_string_equal(claim(&p, a), "ttyUSB0");
	assert_string_equal(claim(&p, b), "ttyUSB1");
	assert_false(answers(&p, a, B, ""));
	assert_string_equal(claim(&p, a), ""); /* `b` still asks the other one */
	assert_false(answers(&p, b, A, ""));
	assert_string_equal(claim(&p, a), "ttyUSB1");
	assert_string_equal(claim(&p, b), "ttyUSB0");
	assert_true(answers(&p, a, A, "") && answers(&p, b, B, ""));
	done(&p);
}

static void test_usb_equal_sticks(void **unused)
{
	(void)unused;
	struct play p = {0};
	plug(&p, "ttyACM0", "1-1", 2);
	plug(&p, "ttyACM1", "1-1", 3);
	plug(&p, "ttyACM2", "1-2", 2);
	plug(&p, "ttyUSB0", "1-3", 2);
	snprintf(p.seen[3].usb.id, sizeof p.seen[3].usb.id, "1e0e:9001");
	look(&p);
	struct ports_line *a = line(&p, "a", "usb:2c7c:0125", "", ""),
			  *b = line(&p, "b", "usb:2c7c:0125", "", "");
	struct ports_line *c = line(&p, "c", "usb:2c7c:0125", "", "");
	assert_string_equal(claim(&p, a), "ttyACM0");
	assert_string_equal(claim(&p, b), "ttyACM2");
	assert_true(answers(&p, a, A, "") && answers(&p, b, B, ""));
	/* there is no third one; a port of a stick in use is none, nor is another kind */
	assert_string_equal(claim(&p, c), "");
	/* both vanish; the other one comes back first, under the first one's name: it stays b's */
	unplug(&p, "1-1");
	unplug(&p, "1-2");
	ports_table_forget(&p.t, "c");
	ports_table_release(&p.t, a, PORTS_GONE, p.now);
	ports_table_release(&p.t, b, PORTS_GONE, p.now);
	plug(&p, "ttyACM0", "1-1", 2)->usb.number = 3;
	look(&p);
	assert_string_equal(claim(&p, a), "ttyACM0");
	assert_false(answers(&p, a, B, ""));
	assert_string_equal(claim(&p, b), "ttyACM0");
	done(&p);
}

static void test_sim_moves(void **unused)
{
	(void)unused;
	struct play p = {0};
	plug(&p, "ttyACM0", "1-1", 2);
	plug(&p, "ttyACM2", "1-2", 2);
	look(&p);
	struct ports_line *x = line(&p, "x", "usb:2c7c:0125", A, X), *y = line(&p, "y", "usb:2c7c:0125", B, Y);
	assert_string_equal(claim(&p, x), "ttyACM0");
	assert_string_equal(claim(&p, y), "ttyACM2");
	/* the modems are where they were, the SIMs are not: so far all is well … */
	bool learned;
	assert_true(ports_table_identified(&p.t, x, A, "", &learned));
	assert_false(learned);
	assert_true(ports_table_identified(&p.t, y, B, "", &learned));
	/* … until the SIM is known */
	assert_false(answers(&p, x, A, Y));
	assert_true(x->other_sim);
	assert_string_equal(claim(&p, x), "");
	assert_false(answers(&p, y, B, X));
	assert_string_equal(claim(&p, x), "ttyACM2");
	assert_string_equal(claim(&p, y), "ttyACM0");
	assert_true(answers(&p, x, B, X) && answers(&p, y, A, Y));
	assert_false(x->other_sim);
	assert_string_equal(x->want.imei, B);
	done(&p);
}

static void test_other_sim_in_a_named_modem(void **unused)
{
	(void)unused;
	struct play p = {0};
	plug(&p, "ttyUSB2", "1-1", 2);
	look(&p);
	struct ports_line *l = line(&p, "m", "imei:" A, "", X);
	assert_string_equal(claim(&p, l), "ttyUSB2");
	assert_false(answers(&p, l, A, Y));
	assert_true(l->other_sim);
	assert_string_equal(claim(&p, l), "");
	/* plugged in anew, it is asked again: the SIM may have been changed */
	unplug(&p, "1-1");
	plug(&p, "ttyUSB2", "1-1", 2)->usb.number = 2;
	look(&p);
	assert_string_equal(claim(&p, l), "ttyUSB2");
	assert_true(answers(&p, l, A, X));
	assert_false(l->other_sim);
	done(&p);
}

static void test_same_imei_twice(void **unused)
{
	(void)unused;
	struct play p = {0};
	plug(&p, "ttyUSB0", "1-1", 2);
	plug(&p, "ttyUSB1", "1-2", 2);
	look(&p);
	/* a maker that gives all of his modems one number: paths tell them apart */
	struct ports_line *a = line(&p, "a", "/dev/ttyUSB0", A, ""), *b = line(&p, "b", "/dev/ttyUSB1", A, "");
	assert_string_equal(claim(&p, a), "ttyUSB0");
	assert_true(answers(&p, a, A, ""));
	assert_string_equal(claim(&p, b), "ttyUSB1");
	assert_true(answers(&p, b, A, ""));
	done(&p);
}

static void test_nameless(void **unused)
{
	(void)unused;
	struct play p = {0};
	plug(&p, "ttyUSB2", "1-1", 2);
	look(&p);
	/* a modem that does not tell its IMEI is not asked without end */
	struct ports_line *l = line(&p, "m", "imei:" A, "", "");
	assert_string_equal(claim(&p, l), "ttyUSB2");
	assert_false(answers(&p, l, "", ""));
	assert_string_equal(claim(&p, l), "");
	/* by its kind it is found all the same */
	struct ports_line *u = line(&p, "u", "usb:2c7c:0125", "", "");
	p.now += 10000;
	assert_string_equal(claim(&p, u), "ttyUSB2");
	assert_true(answers(&p, u, "", ""));
	done(&p);
}

static void test_strangers_are_left_alone(void **unused)
{
	(void)unused;
	struct play p = {0};
	plug(&p, "ttyUSB0", "1-1", 0)->offered = false; /* no modem that is known: some machine */
	look(&p);
	assert_string_equal(claim(&p, line(&p, "m", "imei:" A, "", "")), "");
	assert_string_equal(claim(&p, line(&p, "n", "", B, "")), "");
	assert_string_equal(claim(&p, line(&p, "o", "/dev/ttyUSB0", "", "")), "ttyUSB0");
	done(&p);
}

static void test_busy(void **unused)
{
	(void)unused;
	struct play p = {0};
	plug(&p, "ttyUSB2", "1-1", 2);
	plug(&p, "ttyUSB3", "1-1", 3);
	look(&p);
	struct ports_line *l = line(&p, "m", "imei:" A, "", "");
	assert_string_equal(claim(&p, l), "ttyUSB2");
	ports_table_release(&p.t, l, PORTS_BUSY, p.now);
	assert_string_equal(claim(&p, l), "ttyUSB3");
	ports_table_release(&p.t, l, PORTS_BUSY, p.now);
	p.now = ports_table_retry_ms(&p.t, l);
	assert_true(p.now < INT64_MAX);
	assert_string_equal(claim(&p, l), "ttyUSB2");
	/* the path of a line is its own: the session waits for it */
	ports_table_release(&p.t, l, PORTS_CLOSED, p.now);
	struct ports_line *path = line(&p, "p", "/dev/ttyUSB2", "", "");
	assert_string_equal(claim(&p, path), "ttyUSB2");
	ports_table_release(&p.t, path, PORTS_BUSY, p.now);
	assert_string_equal(claim(&p, path), "ttyUSB2");
	done(&p);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_order),
	    cmocka_unit_test(test_pauses_grow),
	    cmocka_unit_test(test_two_by_imei),
	    cmocka_unit_test(test_path_is_followed),
	    cmocka_unit_test(test_path_without_history),
	    cmocka_unit_test(test_paths_swapped),
	    cmocka_unit_test(test_usb_equal_sticks),
	    cmocka_unit_test(test_sim_moves),
	    cmocka_unit_test(test_other_sim_in_a_named_modem),
	    cmocka_unit_test(test_same_imei_twice),
	    cmocka_unit_test(test_nameless),
	    cmocka_unit_test(test_strangers_are_left_alone),
	    cmocka_unit_test(test_busy),
	};
	return cmocka_run_group_tests_name("ports_table", tests, NULL, NULL);
}
