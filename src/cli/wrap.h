/* Text in lines that fit a terminal of 80 columns: broken at blanks and between wide characters, never before
 * a closing sign. */
#pragma once

#include <stdio.h>

#define WRAP_COLUMNS 80

/* Prints `s`, which begins at column `at`, and ends the line; further lines begin at column `indent`. A line end
 * in `s` stays one. What cannot be broken is not. */
void wrap_print(FILE *f, const char *s, int at, int indent);
