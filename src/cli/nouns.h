/* The verbs of each noun, as its own file exports them. */
#pragma once

#include "cli/cli.h"

extern const struct cli_verb cli_task[], cli_job[], cli_activity[];
extern const struct cli_verb cli_status[], cli_todo[], cli_message[], cli_person[], cli_grid[], cli_case[],
    cli_meeting[], cli_broadcast[], cli_rules[], cli_modem[], cli_db[], cli_events[], cli_pdu[], cli_phone[],
    cli_help[];
extern const struct cli_verb cli_duty[], cli_checkin[], cli_poll[];
extern const struct cli_verb cli_group[], cli_template[], cli_reminder[];
extern const struct cli_verb cli_points[], cli_consult[], cli_faq[];
extern const struct cli_verb cli_hook[];
extern const struct cli_verb cli_report[], cli_top[];
extern const struct cli_verb cli_page[];
extern const struct cli_verb cli_sensor[];
