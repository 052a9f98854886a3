/* Sentences that people read are written in English and shown through gettext. Where no catalogue is bound (unit
 * tests, fuzzers) gettext returns what it was given, so that pure folders stay pure.
 *
 * N_() marks a sentence that somebody else translates later: a table, a returned `const char *`. The formats of
 * err_set and of the functions that tests/e2e/test_cli_po.py lists need no mark. */
#pragma once

#include <libintl.h>

#define _(text)  gettext(text)
#define N_(text) (text)
