/* Certificates of acceptance tests, for people: as rows, as a sheet of plain text of 80 columns, as a page to print. */
#pragma once

#include "cli/cli.h"

/* One test as it is kept and shown: {"certificate" (null: not kept), "time", "seconds", "modem", "imei", "iccid",
 * "verdict", "site", "port", "model", "firmware", "steps": [{"step", "verdict", "finding", "figures"}]}. */

/* One JSON object a line: the steps in words, then the whole under the step "all". Or the same as CSV. */
void certificate_rows(struct cli *c, const json_t *cert);
void certificate_text(const json_t *cert, FILE *f);
/* Into the file of --output: text when its name ends with .txt, else the page. 0 or an exit status. */
int certificate_file(struct cli *c, const json_t *cert, const char *file);
/* "pass", "warn", "fail" in words. */
const char *certificate_conclusion(const char *verdict);
/* Steps of this verdict: [pass, skip, warn, fail]. */
void certificate_counts(const json_t *cert, int ret[4]);

/* Adds it to the database, with its event, and writes its number into `cert`. 0 or an exit status. */
int certificate_keep(struct cli *c, json_t *cert);
int certificate_list(struct cli *c);
int certificate_show(struct cli *c, const char *number);
