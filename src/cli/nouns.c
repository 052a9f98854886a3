#include "cli/nouns.h"

/* The order is that of `yishi help`. */
const struct cli_noun cli_nouns[] = {
    {"status", N_("one screen: is all well?"), cli_status},
    {"todo", N_("what waits for you"), cli_todo},
    {"message", N_("texts that come in and go out"), cli_message},
    {"case", N_("what residents raised, and what became of it"), cli_case},
    {"meeting", N_("meetings: series, agenda, answers"), cli_meeting},
    {"task", N_("tasks, errands and patrols: who takes them"), cli_task},
    {"job", N_("the job board"), cli_job},
    {"activity", N_("the calendar of activities"), cli_activity},
    {"broadcast", N_("one text to many"), cli_broadcast},
    {"duty", N_("who is called for help"), cli_duty},
    {"checkin", N_("\"are you well?\" to people who live alone"), cli_checkin},
    {"person", N_("the registry of people"), cli_person},
    {"points", N_("points: who earned and spent how many"), cli_points},
    {"consult", N_("questions to lawyers and doctors"), cli_consult},
    {"faq", N_("plain answers to what people ask"), cli_faq},
    {"grid", N_("the tree of grids"), cli_grid},
    {"pdu", N_("short messages as the modem prints them"), cli_pdu},
    {"modem", N_("the modems"), cli_modem},
    {"db", N_("the database"), cli_db},
    {"events", N_("the stream of events"), cli_events},
    {"rules", N_("what the gateway reads out of texts"), cli_rules},
    {"phone", N_("a button phone in the terminal, wired to yishi-simmodem"), cli_phone},
    {"help", N_("all commands by role"), cli_help},
    {0},
};
