/* Doing what was asked: blocks until it is done, some seconds at most. Whether it may be done is asked before. */
#pragma once

#include "hw/root_request.h"

/* 0 or -errno as root_answer_format wants it; *ret_said: what there is to say (static, "" nothing). */
int root_rebind(const char *stick, const char **ret_said);
int root_power(const char *stick, const char **ret_said);
int root_set_clock(int64_t utc, const char **ret_said);
