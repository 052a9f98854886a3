/* What the watchdog is fed by: sessions that move, a database that can be written. */
#include "daemon/service.h"
#include "daemon/session_internal.h"
#include "base/mem.h"

#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <cmocka.h>

struct site {
	char folder[64], path[96];
	struct daemon d;
	struct config_modem modem;
	struct session session;
};

static int begin(void **state)
{
	struct site *s = mem_alloc(sizeof *s);
	struct err e = {0};
	strcpy(s->folder, "/tmp/yishi-service-XXXXXX");
	assert_non_null(mkdtemp(s->folder));
	snprintf(s->path, sizeof s->path, "%s/yishi.db", s->folder);
	assert_int_equal(store_open(s->path, STORE_DAEMON, &s->d.store, &e), 0);
	s->modem.name = (char *)"front";
	s->session =
	    (struct session){.d = &s->d, .config = &s->modem, .state = SESSION_READY, .moved_ms = 1000};
	s->d.session[s->d.session_count++] = &s->session;
	*state = s;
	return 0;
}

static int end(void **state)
{
	struct site *s = *state;
	store_close(s->d.store);
	cleanup_free char *command = mem_printf("%s-wal", s->path), *shm = mem_printf("%s-shm", s->path);
	unlink(command);
	unlink(shm);
	unlink(s->path);
	rmdir(s->folder);
	free(s);
	return 0;
}

static void test_sessions(void **state)
{
	struct site *s = *state;
	int64_t since = 0;
	const int64_t late = 1000 + SESSION_STUCK_MS;
	assert_null(service_stuck(&s->d, late - 1, &since));
	assert_string_equal(service_stuck(&s->d, late, &since), "front");
	s->session.heard_ms = 2000;
	assert_null(service_stuck(&s->d, late, &since));
	assert_string_equal(service_stuck(&s->d, late + 1000, &since), "front");
	/* what waits for something outside may wait for ever */
	static const enum session_state patient[] = {SESSION_LOST, SESSION_HELD, SESSION_STOPPED};
	for (size_t i = 0; i < ARRAY_LEN(patient); i++) {
		s->session.state = patient[i];
		assert_null(service_stuck(&s->d, 100 * late, &since));
	}
	/* a ladder at work is a step now and then; an ignored event is none */
	s->session.state = SESSION_BACKOFF;
	session_event(&s->session, EV_SEND);
	assert_int_equal(s->session.moved_ms, 1000);
}

static void test_database(void **state)
{
	struct site *s = *state;
	struct store *other = NULL;
	struct err e = {0};
	int64_t since = 0;
	s->session.state = SESSION_LOST;
	assert_null(service_stuck(&s->d, 5000, &since));
	assert_int_equal(since, 0);
	/* one that was left open is our own mistake, at once */
	assert_int_equal(store_begin(s->d.store), 0);
	assert_string_equal(service_stuck(&s->d, 5000, &since), s->path);
	store_rollback(s->d.store);
	assert_null(service_stuck(&s->d, 5000, &since));
	/* another program may hold it for a while */
	assert_int_equal(store_open(s->path, STORE_TOOL, &other, &e), 0);
	assert_int_equal(store_begin(other), 0);
	assert_int_equal(store_usable(s->d.store), -EBUSY);
	assert_null(service_stuck(&s->d, 5000, &since));
	assert_null(service_stuck(&s->d, 5000 + SERVICE_STORE_MS - 1, &since));
	assert_string_equal(service_stuck(&s->d, 5000 + SERVICE_STORE_MS, &since), s->path);
	store_rollback(other);
	assert_null(service_stuck(&s->d, 5000 + SERVICE_STORE_MS, &since));
	assert_int_equal(since, 0);
	store_close(other);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test_setup_teardown(test_sessions, begin, end),
	    cmocka_unit_test_setup_teardown(test_database, begin, end),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
