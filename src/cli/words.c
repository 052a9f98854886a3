/* Words of ours that stand in tables: states, categories, roles … They are never translated in JSON and CSV;
 * here they are listed for the translators alone. */
#include "cli/cli.h"

extern const char *const cli_words[];
const char *const cli_words[] = {
    /* TRANSLATORS: directions, kinds and states of texts */
    N_("in"), N_("out"), N_("text"), N_("data"), N_("call"), N_("alarm"), N_("reply"), N_("reminder"),
    N_("broadcast"), N_("stored"), N_("done"), N_("queued"), N_("sending"), N_("sent"), N_("delivered"),
    N_("failed"), N_("expired"), N_("uncertain"), N_("cancelled"),
    /* TRANSLATORS: what delivery reports say of a text: it arrived, the centre still tries, it gave up for a permanent or
     * for a passing cause, no report came in time, none was asked for */
    N_("arrived"), N_("trying"), N_("permanent"), N_("temporary"), N_("missing"), N_("unasked"),
    /* TRANSLATORS: states of cases, kinds, entries of the journal */
    N_("received"), N_("verified"), N_("assigned"), N_("in_progress"), N_("resolved"), N_("confirmed"),
    N_("closed"), N_("merged"), N_("rejected"), N_("case"), N_("proposal"), N_("task"), N_("taken"),
    N_("returned"), N_("escalated"), N_("split"), N_("reopened"), N_("rated good"), N_("rated fair"),
    N_("rated bad"), N_("withdrawn"), N_("note"), N_("extended"), N_("to the agenda"), N_("supported"),
    N_("undone"), N_("shell"), N_("timer"), N_("asked"), N_("duty called"), N_("likely the same"),
    N_("meeting cancelled"), N_("more words"), N_("nobody on duty"), N_("said to be a mistake"),
    N_("support withdrawn"), N_("words split off"), N_("words taken back"), N_("overdue"), N_("found untrue"),
    N_("transferred"), N_("asked for"), N_("summoned"), N_("supervised"),
    /* TRANSLATORS: how people stand to a case: who may take a step, who is told of it */
    N_("reporter"), N_("assignee"), N_("grid worker"), N_("building head"), N_("the box"), N_("the meeting"),
    N_("who had it"), N_("level above"), N_("supporters"),
    /* TRANSLATORS: categories of cases */
    N_("lighting"), N_("water"), N_("power"), N_("gas"), N_("sewage"), N_("garbage"), N_("noise"),
    N_("parking"), N_("elevator"), N_("road"), N_("greening"), N_("safety"), N_("property"), N_("dispute"),
    N_("elderly"), N_("pets"), N_("other"),
    /* TRANSLATORS: roles */
    N_("resident"), N_("volunteer"), N_("building_head"), N_("grid_worker"), N_("department"), N_("expert"),
    N_("duty_officer"), N_("mediator"), N_("installer"), N_("secretary"),
    /* TRANSLATORS: meetings, answers, opt-outs, broadcasts */
    N_("planned"), N_("invited"), N_("held"), N_("silent"), N_("yes"), N_("no"), N_("broadcasts"), N_("all"),
    N_("waiting"), N_("paused"),
    /* TRANSLATORS: what a meeting decided; what became of a project; entries of the journal about agendas */
    N_("adopted"), N_("vote"), N_("postponed"), N_("declined"), N_("in_hand"), N_("late"), N_("given_up"),
    N_("moved"), N_("agenda: moved"), N_("agenda: added"), N_("agenda: dropped"), N_("agenda: apart"),
    N_("agenda: voted on"), N_("decided"), N_("meeting moved"),
    /* TRANSLATORS: a case is voted on, as entries of the journal; a poll that a person has to look at */
    N_("put to a vote"), N_("voted on"), N_("poll"),
    /* TRANSLATORS: things that wait for a person */
    N_("callback"), N_("wrong_number"), N_("register"), N_("loop"), N_("erase"), N_("approval"), N_("praise"),
    /* TRANSLATORS: what gives points; consultations, their topics and sides; questions without an answer */
    N_("attended"), N_("adopted"), N_("errand"), N_("patrol"), N_("activity"), N_("settled"), N_("award"),
    N_("redeem"), N_("law"), N_("health"), N_("open"), N_("answered"), N_("ask"), N_("answer"), N_("consult"),
    N_("faq"),
    /* TRANSLATORS: calls for help, check-ins and who answered them, as entries of the journal and states */
    N_("alarm told"), N_("nobody to be told"), N_("nobody acknowledged it"), N_("comes and goes"), N_("rung"),
    N_("sensor"), N_("nobody came"), N_("acknowledged"), N_("cannot come"), N_("by proxy"), N_("buddy"),
    N_("called"), N_("well"), N_("help"), N_("skipped"), N_("duty"), N_("checkin"), N_("person"),
    N_("passed to an expert"), N_("consultation at the desk"),
    /* TRANSLATORS: why somebody does not get a broadcast */
    N_("opted_out"), N_("muted"), N_("unlinked"), N_("landline"), N_("no_phone"), N_("no_consent"),
    N_("duplicate"), N_("excluded"),
    /* TRANSLATORS: a reminder that recurs could not be queued, among the things that wait for a person */
    N_("reminder"),
    /* TRANSLATORS: what an import would do to a row */
    N_("unchanged"),
    /* TRANSLATORS: what came of a copy of the database */
    N_("ok"), N_("absent"), N_("no-room"), N_("unsound"), NULL};
