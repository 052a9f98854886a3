#include "simmodem/options.h"
#include "base/file.h"
#include "base/i18n.h"
#include "base/mem.h"
#include "base/text.h"
#include "simmodem/control.h"

#include <errno.h>
#include <getopt.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <sysexits.h>
#include <unistd.h>

enum opt_id {
	O_MODEMS = 1,
	O_DIR,
	O_CONTROL,
	O_PROFILE,
	O_NUMBER,
	O_STORE,
	O_SLOTS,
	O_PIN,
	O_AIR,
	O_REPLY,
	O_REPORT,
	O_REDELIVER,
	O_ACK,
	O_RESTART,
	O_FAULT,
	O_SCRIPT,
	O_TRACE,
	O_BOOT,
	O_TTYS,
	O_LINK,
	O_HOLD,
	O_FOLLOW,
	O_DO,
	O_HELP,
	O_VERSION,
};

static const struct opt {
	enum opt_id id;
	const char *name, *arg, *what;
} opts[] = {
    {O_MODEMS, "modems", "N", N_("how many (1)")},
    {O_DIR, "dir", "DIR",
     N_("where their links modem0, modem1 … are (a folder of your own in $XDG_RUNTIME_DIR or /tmp)")},
    {O_CONTROL, "control", "SOCKET", N_("the control socket (DIR/control.sock)")},
    {O_PROFILE, "profile", "NAME[,NAME…]", N_("families, taken in turn (generic-gsm)")},
    {O_NUMBER, "number", "NUMBER[,…]", N_("numbers of the SIMs (+8613800000000 and on)")},
    {O_STORE, "store", "SM:10[,ME:23…]", N_("sizes of message stores")},
    {O_SLOTS, "slots", "N", N_("size of the store that the profile prefers")},
    {O_PIN, "pin", "PIN", N_("the SIMs ask for it")},
    {O_AIR, "air-ms", "MS", N_("a part's time on the air (0)")},
    {O_LINK, "link-ms", "MS", N_("how much of it sets up the link, which +CMMS saves (three fifths)")},
    {O_HOLD, "hold-ms", "MS", N_("how long the link is held then (5000)")},
    {O_REPLY, "reply-ms", "MS", N_("time to answer a command (0)")},
    {O_REPORT, "report-ms", "MS", N_("time until a status report (0)")},
    {O_REDELIVER, "redeliver-ms", "MS", N_("pause before the network tries a refused message again (0)")},
    {O_ACK, "ack-ms", "MS", N_("patience with +CNMA (15000)")},
    {O_RESTART, "restart-ms", "MS", N_("how long the port is away after AT+CFUN=1,1 (500)")},
    {O_FAULT, "fault", "NAME[=VALUE]", N_("something goes wrong from the start; may be repeated")},
    {O_SCRIPT, "script", "FILE",
     N_("runs the requests in FILE, one a line (- is standard input); answers go to standard output")},
    {O_TRACE, "trace", "FILE", N_("appends all traffic to FILE, in the trace format")},
    {O_BOOT, "boot", NULL, N_("say the boot lines at the start too")},
    {O_TTYS, "ttys", NULL, N_("all ports of the family: modem0 for programs, beside it modem0-if00 …")},
    {O_DO, "do", "REQUEST",
     N_("send one request to a running emulator, print its answer; exit 1 when it says no")},
    {O_FOLLOW, "follow", NULL, N_("print the events of a running emulator")},
    {O_HELP, "help", NULL, N_("this text")},
    {O_VERSION, "version", NULL, N_("the version")},
};

static int usage(const char *fmt, ...) __attribute__((format(printf, 1, 2)));
static int usage(const char *fmt, ...)
{
	va_list ap;
	va_start(ap, fmt);
	fputs("yishi-simmodem: ", stderr);
	vfprintf(stderr, fmt, ap);
	fputs("; see yishi-simmodem --help\n", stderr);
	va_end(ap);
	return EX_USAGE;
}

bool sim_option_at(int i, const char **ret_name, const char **ret_arg, const char **ret_what)
{
	if (i < 0 || i >= (int)ARRAY_LEN(opts))
		return false;
	*ret_name = opts[i].name;
	*ret_arg = opts[i].arg;
	*ret_what = opts[i].what;
	return true;
}

void sim_options_words(struct buf *out)
{
	buf_adds(out, "Faults (--fault, or the request \"fault\")\n");
	fault_help(out);
	buf_adds(out,
		 "\nRequests on the control socket: one JSON object a line, answered by one with \"ok\"\n");
	request_help(out);
}

static void help(void)
{
	struct buf out cleanup_buf = {0};
	buf_adds(
	    &out,
	    "Usage: yishi-simmodem [OPTION…]\n\n"
	    "Emulates GSM modems on pseudo-terminals: any program that talks AT commands to a modem can use\n"
	    "DIR/modem0 as its device. \"ready SOCKET\" on standard output says that all is up.\n\nOptions\n");
	for (size_t i = 0; i < ARRAY_LEN(opts); i++) {
		cleanup_free char *left = mem_printf("--%s%s%s", opts[i].name, opts[i].arg ? " " : "",
						     opts[i].arg ? opts[i].arg : "");
		buf_addf(&out, "  %-24s %s\n", left, opts[i].what);
	}
	buf_adds(&out, "\nProfiles\n");
	for (int i = 0; profile_at(i); i++)
		buf_addf(&out, "  %-15s %s\n", profile_at(i)->name, profile_at(i)->about);
	buf_addc(&out, '\n');
	sim_options_words(&out);
	buf_adds(&out, "\nExample\n  yishi-simmodem --dir /tmp/gsm --profile huawei-e1xx --store SM:10 &\n"
		       "  yishi-simmodem --dir /tmp/gsm --do "
		       "'{\"do\":\"receive\",\"from\":\"+8613800138001\",\"text\":\"1\"}'\n");
	fputs(buf_str(&out), stdout);
}

static int profiles(struct options *o, const char *list)
{
	char name[40];
	o->profile_count = 0;
	while (*list && o->profile_count < SIM_MODEMS_MAX) {
		size_t n = strcspn(list, ",");
		snprintf(name, sizeof name, "%.*s", (int)n, list);
		const struct profile *p = profile_find(name);
		if (!p)
			return usage("no profile %s", name);
		o->profile[o->profile_count++] = p;
		list += n + (list[n] == ',');
	}
	return o->profile_count ? 0 : usage("--profile needs a name");
}

static int numbers(struct options *o, const char *list)
{
	for (int i = 0; *list && i < SIM_MODEMS_MAX; i++) {
		size_t n = strcspn(list, ",");
		if (n >= TPDU_ADDR_MAX)
			return usage("%s is no telephone number", list);
		snprintf(o->number[i], sizeof o->number[i], "%.*s", (int)n, list);
		list += n + (list[n] == ',');
	}
	return 0;
}

static int fault(struct options *o, const char *arg)
{
	char name[40];
	size_t n = strcspn(arg, "=");
	snprintf(name, sizeof name, "%.*s", (int)n, arg);
	int id = fault_find(name);
	if (id < 0)
		return usage("no fault %s", name);
	if (o->fault_count == OPTIONS_FAULTS)
		return usage("at most %d faults", OPTIONS_FAULTS);
	struct fault_option *f = &o->fault[o->fault_count++];
	f->id = (enum fault_id)id;
	f->value = 1;
	if (arg[n] == '=') {
		char *end;
		f->value = strtoll(arg + n + 1, &end, 10);
		if (*end)
			text_copy(f->text, sizeof f->text, arg + n + 1);
	}
	return 0;
}

static int number(const char *name, const char *arg, int min, int max, int *ret)
{
	char *end;
	errno = 0;
	long v = strtol(arg, &end, 10);
	if (errno || *end || end == arg || v < min || v > max)
		return usage("--%s takes a number from %d to %d, not %s", name, min, max, arg);
	*ret = (int)v;
	return 0;
}

static int script(struct options *o, const char *path)
{
	struct buf text cleanup_buf = {0};
	struct err e = {0};
	char line[600];
	if (file_read(path, 16 * FILE_TEXT_MAX, &text, &e)) {
		fprintf(stderr, "yishi-simmodem: %s\n", err_line(&e, line, sizeof line));
		return EX_NOINPUT;
	}
	free(o->script);
	o->script = buf_take(&text);
	return 0;
}

static int take(struct options *o, const struct opt *opt, const char *arg)
{
	const int day = 86400000;
	switch (opt->id) {
	case O_MODEMS:
		return number(opt->name, arg, 1, SIM_MODEMS_MAX, &o->modems);
	case O_DIR:
		text_copy(o->dir, sizeof o->dir, arg);
		return 0;
	case O_CONTROL:
		text_copy(o->control, sizeof o->control, arg);
		return 0;
	case O_PROFILE:
		return profiles(o, arg);
	case O_NUMBER:
		return numbers(o, arg);
	case O_STORE:
		o->stores = arg;
		return 0;
	case O_SLOTS:
		return number(opt->name, arg, 1, 9999, &o->slots);
	case O_PIN:
		o->pin = arg;
		return strlen(arg) < 4 || strlen(arg) > 8 ? usage("a PIN has 4 to 8 digits") : 0;
	case O_AIR:
		return number(opt->name, arg, 0, day, &o->air_ms);
	case O_REPLY:
		return number(opt->name, arg, 0, day, &o->reply_ms);
	case O_REPORT:
		return number(opt->name, arg, 0, day, &o->report_ms);
	case O_REDELIVER:
		return number(opt->name, arg, 0, day, &o->redeliver_ms);
	case O_ACK:
		return number(opt->name, arg, 0, day, &o->ack_ms);
	case O_RESTART:
		return number(opt->name, arg, 0, day, &o->restart_ms);
	case O_FAULT:
		return fault(o, arg);
	case O_SCRIPT:
		return script(o, arg);
	case O_TRACE:
		o->trace = arg;
		return 0;
	case O_BOOT:
		o->boot = true;
		return 0;
	case O_TTYS:
		o->ttys = true;
		return 0;
	case O_LINK:
		return number(opt->name, arg, 0, day, &o->link_ms);
	case O_HOLD:
		return number(opt->name, arg, 0, day, &o->hold_ms);
	case O_FOLLOW:
		o->follow = true;
		return 0;
	case O_DO:
		o->request = arg;
		return 0;
	case O_HELP:
		help();
		return OPTIONS_DONE;
	case O_VERSION:
		puts("yishi-simmodem " YISHI_VERSION);
		return OPTIONS_DONE;
	}
	return 0;
}

static void defaults(struct options *o)
{
	*o = (struct options){.modems = 1,
			      .profile_count = 1,
			      .ack_ms = 15000,
			      .restart_ms = 500,
			      .link_ms = -1,
			      .hold_ms = 5000};
	o->profile[0] = profile_at(0);
	const char *run = getenv("XDG_RUNTIME_DIR");
	if (run && *run)
		snprintf(o->dir, sizeof o->dir, "%s/yishi-simmodem", run);
	else
		snprintf(o->dir, sizeof o->dir, "/tmp/yishi-simmodem-%d", (int)getuid());
	for (int i = 0; i < SIM_MODEMS_MAX; i++)
		snprintf(o->number[i], sizeof o->number[i], "+86138000000%02d", i);
}

static const struct opt *find(int id)
{
	size_t i = 0;
	while ((int)opts[i].id != id)
		i++;
	return &opts[i];
}

int sim_options_read(struct options *o, int argc, char **argv)
{
	struct option table[ARRAY_LEN(opts) + 1] = {0};
	for (size_t i = 0; i < ARRAY_LEN(opts); i++)
		table[i] = (struct option){opts[i].name, opts[i].arg ? required_argument : no_argument, NULL,
					   (int)opts[i].id};
	defaults(o);
	opterr = 0;
	int c;
	while ((c = getopt_long(argc, argv, "", table, NULL)) != -1) {
		if (c < O_MODEMS || c > O_VERSION)
			return usage("%s: unknown, or without its value", argv[optind - 1]);
		int r = take(o, find(c), optarg);
		if (r)
			return r;
	}
	if (optind < argc)
		return usage("what is %s?", argv[optind]);
	if (!*o->control)
		snprintf(o->control, sizeof o->control, "%s/control.sock", o->dir);
	return 0;
}

void sim_options_done(struct options *o)
{
	free(o->script);
}
