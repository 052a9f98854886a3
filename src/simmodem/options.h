/* The command line of yishi-simmodem. */
#pragma once

#include "base/buf.h"
#include "simmodem/fault.h"
#include "simmodem/profile.h"
#include "simmodem/sim.h"

#define OPTIONS_DONE   (-1) /* --help, --version: nothing more to do */
#define OPTIONS_FAULTS 32

struct fault_option {
	enum fault_id id;
	int64_t value;
	char text[80];
};

struct options {
	int modems;
	char dir[160], control[192];
	const struct profile *profile[SIM_MODEMS_MAX]; /* used in turn */
	int profile_count;
	char number[SIM_MODEMS_MAX][TPDU_ADDR_MAX];
	const char *stores, *pin, *trace; /* borrowed from argv; NULL: not given */
	int slots;
	int air_ms, reply_ms, report_ms, redeliver_ms, ack_ms, restart_ms, link_ms,
	    hold_ms; /* link_ms −1: its default */
	struct fault_option fault[OPTIONS_FAULTS];
	int fault_count;
	char *script; /* its text, owned */
	bool boot, follow, ttys;
	const char *request; /* --do */
};

/* 0, OPTIONS_DONE, or an exit status after having said why. sim_options_done in every case. */
int sim_options_read(struct options *o, int argc, char **argv);
void sim_options_done(struct options *o);

/* The table of options, for help and manual: false behind the last. *ret_what is for gettext. */
bool sim_option_at(int i, const char **ret_name, const char **ret_arg, const char **ret_what);
/* Faults and requests as --help prints them. */
void sim_options_words(struct buf *out);
