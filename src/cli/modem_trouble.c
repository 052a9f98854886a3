#include "cli/modem_trouble.h"

#include "base/i18n.h"

#include <string.h>

#define CELL_LOW    3400 /* mV: the end of what modules of 3.4 to 4.3 V stand */
#define WEAK_DBM    (-105)
#define FULL_TENTHS 8 /* alarms are raised at eight tenths too */

static bool silent(const struct modem_card *k)
{
	return k->fell_silent;
}

static bool no_imei(const struct modem_card *k)
{
	return !k->imei[0] && !k->fell_silent;
}

static bool sim_absent(const struct modem_card *k)
{
	return k->pin == PIN_ABSENT || (k->pin == PIN_UNKNOWN && !k->iccid[0] && !k->fell_silent);
}

static bool sim_failed(const struct modem_card *k)
{
	return k->pin == PIN_FAILED || k->pin == PIN_NOT_READY;
}

static bool pin_last(const struct modem_card *k)
{
	return k->pin == PIN_PIN && k->pin_tries >= 0 && k->pin_tries < 2;
}

static bool pin_wanted(const struct modem_card *k)
{
	return k->pin == PIN_PIN && !pin_last(k);
}

static bool puk_wanted(const struct modem_card *k)
{
	return k->pin == PIN_PUK;
}

static bool locked(const struct modem_card *k)
{
	return k->pin == PIN_LOCKED;
}

static bool sim_ready(const struct modem_card *k)
{
	return k->pin == PIN_READY || k->pin == PIN_PIN2 || k->pin == PIN_PUK2;
}

static bool radio_off(const struct modem_card *k)
{
	return k->radio == 0 || k->radio == 4;
}

static bool denied(const struct modem_card *k)
{
	return sim_ready(k) && k->stat == 3;
}

static bool unregistered(const struct modem_card *k)
{
	return sim_ready(k) && !radio_off(k) && k->stat >= 0 && !k->registered && k->stat != 3;
}

static bool weak(const struct modem_card *k)
{
	return k->signal_dbm != SIGNAL_UNKNOWN && k->signal_dbm < WEAK_DBM;
}

static bool no_texts(const struct modem_card *k)
{
	return sim_ready(k) && !k->texts && !k->fell_silent;
}

static bool no_smsc(const struct modem_card *k)
{
	return sim_ready(k) && k->texts && !k->smsc[0];
}

static bool no_room(const struct modem_card *k)
{
	return k->stores.count && k->stores.total[0] == 0;
}

static bool nearly_full(const struct modem_card *k)
{
	return k->stores.count && k->stores.total[0] > 0 &&
	       k->stores.used[0] * 10 >= k->stores.total[0] * FULL_TENTHS;
}

static bool low_voltage(const struct modem_card *k)
{
	return k->under_voltage || (k->millivolt >= 0 && k->millivolt < CELL_LOW);
}

static bool no_calls(const struct modem_card *k)
{
	return k->row->voice == VOICE_NONE ||
	       (k->row->voice == VOICE_VOLTE && k->ims != IMS_ON && k->ims != IMS_UNKNOWN && sim_ready(k));
}

static const struct {
	bool (*is)(const struct modem_card *k);
	struct card_trouble what;
} table[] = {
    {silent,
     {"silent", N_("the modem stopped answering while it was asked"),
      N_("unplug it, wait ten seconds, plug it in again; then look at its power supply and cable")}},
    {sim_absent,
     {"sim-absent", N_("no SIM is found"),
      N_("switch the power off, put the SIM in with its contacts to the modem's, and push it in all the way")}},
    {sim_failed,
     {"sim-failed", N_("the SIM cannot be read"),
      N_("wait half a minute and ask again; then clean its contacts, or try it in a phone")}},
    {puk_wanted,
     {"puk", N_("the SIM is blocked: wrong PINs were entered"),
      N_("put it into a phone and enter the PUK that came with it, or ask the operator for it")}},
    {pin_last,
     {"pin-last", N_("only the last try of the PIN is left, so nothing here will ever enter it"),
      N_("put the SIM into a phone, enter the PIN there and turn the PIN request off")}},
    {pin_wanted,
     {"pin", N_("the SIM wants its PIN"),
      N_("best turn the PIN request off in a phone; or write the PIN alone into a file (0600) and name it as "
	 "pin_file")}},
    {locked,
     {"locked", N_("the modem is locked to another operator"),
      N_("use one that is not, or the SIM that it wants")}},
    {radio_off,
     {"radio-off", N_("the radio is switched off"),
      N_("the gateway switches it on when it starts; or type AT+CFUN=1 in `yishi modem console`")}},
    {denied,
     {"denied", N_("the network refuses this SIM"),
      N_("try the SIM in a phone at the same place; ask the operator whether it is active and paid for")}},
    {unregistered,
     {"unregistered", N_("no network takes it"),
      N_("screw the antenna on, go to a window, wait a minute; then try the SIM in a phone at the same "
	 "place")}},
    {weak,
     {"weak", N_("the signal is weak: texts will fail now and then"),
      N_("put the antenna higher, at a window, away from metal and from the box; see hw/WIRING.md")}},
    {no_texts,
     {"no-texts", N_("this modem refuses the commands for texts"),
      N_("some cheap variants have none: look at what is known of it, and take another one")}},
    {no_smsc,
     {"no-smsc", N_("the SIM has no number of a service centre: texts cannot leave"),
      N_("write smsc = +86138… into the section of the modem; the operator tells the number")}},
    {no_room,
     {"no-room", N_("the store in use has no room at all"),
      N_("the gateway takes another store when it starts; when that is empty too, take another SIM")}},
    {nearly_full,
     {"nearly-full", N_("the store for texts is nearly full: soon none comes in"),
      N_("start the gateway: it reads them, keeps them and frees the places")}},
    {low_voltage,
     {"low-voltage", N_("its supply is too low: it will restart while it sends"),
      N_("use a supply of 2 A or more, a short thick cable, or a hub with a supply of its own")}},
    {no_calls,
     {"no-calls", N_("calls will not come in, so nobody can report by ringing"),
      N_("texts work all the same; for calls the SIM needs VoLTE, and the modem a firmware that has it")}},
    {no_imei,
     {"no-imei", N_("it tells no IMEI, so it cannot be told from another one of its kind"),
      N_("use only one of them on this box, or bind each to its SIM (iccid)")}},
};
_Static_assert(sizeof table / sizeof table[0] <= CARD_TROUBLES, "room for all");

int card_troubles(const struct modem_card *k, const struct card_trouble *ret[CARD_TROUBLES])
{
	int n = 0;
	for (size_t i = 0; i < sizeof table / sizeof table[0]; i++)
		if (table[i].is(k))
			ret[n++] = &table[i].what;
	return n;
}
