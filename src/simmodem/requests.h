/* What the files of requests share: reading fields, and the requests themselves for the table. */
#pragma once

#include "simmodem/control.h"

#define WAIT_MS 10000

/* A field as number (true and false are 1 and 0), or as text (NULL: absent). */
int64_t request_int(const struct request *r, const char *key, int64_t fallback);
const char *request_text(const struct request *r, const char *key);
json_t *request_done(void);
/* "modem": an index, or "to": the number of its SIM; the first one when neither is given. NULL: *ret_error. */
struct modem *request_modem(struct sim *s, const struct request *r, json_t **ret_error);

/* requests_radio.c */
json_t *do_receive(struct sim *s, struct request *r);
json_t *do_ring(struct sim *s, struct request *r);
json_t *do_hangup(struct sim *s, struct request *r);
json_t *do_sent(struct sim *s, struct request *r);
json_t *do_wait_sent(struct sim *s, struct request *r);
json_t *do_report(struct sim *s, struct request *r);
json_t *do_robot(struct sim *s, struct request *r);
json_t *do_ussd(struct sim *s, struct request *r);
json_t *do_nitz(struct sim *s, struct request *r);
