/* The AT command interpreter: a line may hold several commands ("AT+CMGF=0;+CMGS=23"), each is looked up in one
 * table. Handlers add lines with reply_add and return how the command ended. ITU-T V.250, 3GPP TS 27.007
 * and 27.005. */
#pragma once

#include "simmodem/modem.h"

#define ARGS_MAX 16
#define ARG_SIZE 192

enum op { OP_RUN, OP_READ, OP_TEST, OP_SET };

struct args {
	int count;
	bool quoted[ARGS_MAX];
	char v[ARGS_MAX][ARG_SIZE]; /* quotes taken off */
};

enum outcome {
	DONE_OK,
	DONE_ERROR, /* ERROR */
	DONE_CME,   /* +CME ERROR: code */
	DONE_CMS,   /* +CMS ERROR: code */
	DONE_NO_CARRIER,
	DONE_BARE,  /* no final line (a maker's omission) */
	DONE_LATER, /* prompt is out, or a job will end it */
};

struct result {
	enum outcome outcome;
	int code;
};

#define OK_RESULT    ((struct result){DONE_OK, 0})
#define ERROR_RESULT ((struct result){DONE_ERROR, 0})
#define CME(n)       ((struct result){DONE_CME, n})
#define CMS(n)       ((struct result){DONE_CMS, n})

enum command_need {
	NEEDS_SIM = 1, /* refused with CME 10, 11, 12 while the SIM is not ready */
	NEEDS_SMS = 2, /* refused with CMS 310, 311, 316 instead, and where firmware has no SMS */
};

struct command {
	const char *name; /* "+CMGF", "E", "&F" */
	struct result (*run)(struct modem *m, enum op op, const struct args *a);
	unsigned needs;
};

/* Rows of each file's commands, ended by a NULL name. */
extern const struct command commands_basic[], commands_device[], commands_network[], commands_phone[],
    commands_store[], commands_send[];

/* A whole line without its end. */
void command_line(struct modem *m, const char *line);
/* What was typed at the prompt. */
void command_text(struct modem *m, const char *text);
/* The job of the running command is due. */
void command_job(struct modem *m);
void command_registration_urc(struct modem *m);
/* +CUSD, ussd.c */
struct result command_ussd(struct modem *m, enum op op, const struct args *a);
void command_prompt_stuck(struct modem *m);
/* Once the answer is out the port goes and the modem starts anew. */
void command_power(struct modem *m);
/* Prints the final line of a result. */
void command_finish(struct modem *m, struct result r);

/* The n-th argument as a number; `fallback` when it is absent or empty; −1 when it is no number. */
int args_int(const struct args *a, int n, int fallback);
const char *args_text(const struct args *a, int n); /* "" when absent */
