/* What stands in the database and in the daemon's answers about lines, in words for people. */
#pragma once

#include "cli/cli.h"

#include "rules/replies.h"

/* Labels of the words in JSON; the word itself when it is a new one. */
const char *line_state_label(const char *state);
const char *line_registration_label(const char *registration);
const char *line_signal_label(const char *word);

/* Standing alarms as an array of {modem alarm severity since detail text remedy}; `modem` NULL: of all lines. *ret is
 * the caller's. -errno of the store. */
int line_alarms(struct cli *c, struct store *s, const char *modem, json_t **ret);

/* Times of rows within a row, as RFC 3339: for JSON. */
void line_stamp(json_t *list);
