/* `yishi meeting export`: iCalendar (RFC 5545), for a phone's or an office's calendar. */
#pragma once

#include "cli/cli.h"

int meeting_export_run(struct cli *c);
