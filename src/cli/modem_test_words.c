/* What the steps of the acceptance test can find, what it means, and what is to be done about it: one row each. The
 * key's first part is the step, or `send` for all that can become of a text. {{names}} are figures of the step. */
#include "cli/modem_test.h"

#include "base/mem.h"

#include <string.h>

#define PASS TEST_PASS
#define WARN TEST_WARN
#define FAIL TEST_FAIL
#define SKIP TEST_SKIP

static const struct test_finding findings[] = {
    {"needs", SKIP, N_("not tested, because of: {{because}}"), NULL},
    {"skipped", SKIP, N_("left out, as was wished"), NULL},
    {"vanished", FAIL, N_("the stick disappeared from the box in the middle of it"),
     N_("It lost its contact or its power: another cable and socket, a hub with a power supply of its own.")},

    {"port.ok", PASS, N_("{{port}} answers{{#borrowed}}, lent by the gateway{{/borrowed}}"), NULL},
    {"port.none", FAIL, N_("there is no modem at {{device}}"),
     N_("Is the stick plugged in, is its lamp on? `yishi modem probe` shows which modems there are, and writes "
	"the line for the configuration.")},
    {"port.held", FAIL, N_("{{port}} is in use by {{holder}}"),
     N_("End that program and see that it does not start again (for ModemManager: systemctl disable --now "
	"ModemManager), then test again.")},
    {"port.lent", FAIL, N_("another command of yishi has the port now"),
     N_("End the other `yishi modem …`, then test again.")},
    {"port.busy", FAIL, N_("the gateway does not let go of the port: {{reason}}"),
     N_("Wait a minute and test again; `yishi modem list` shows what it does with the modem.")},
    {"port.denied", FAIL, N_("{{port}} is not for you to open"),
     N_("Add yourself to the group dialout (adduser NAME dialout) and log in anew, or test as root.")},
    {"port.error", FAIL, N_("{{reason}}"), N_("`yishi modem probe` shows which modems there are.")},
    {"port.silent", FAIL, N_("{{port}} can be opened, but nobody answers AT"),
     N_("It may be another port of the stick: `yishi modem probe` finds the right one. Else unplug the stick, "
	"wait ten seconds, plug it in again, into a hub with its own power supply.")},
    {"port.wrong", FAIL, N_("{{port}} is no port for commands: {{speaker}} comes out of it"),
     N_("Take the stick's other port: `yishi modem probe` finds it and writes the line for the "
	"configuration.")},

    {"modem.ok", PASS, N_("{{maker}} {{model}}, firmware {{firmware}}, IMEI {{imei}}"), NULL},
    {"modem.unknown", PASS,
     N_("{{maker}} {{model}}, firmware {{firmware}}, IMEI {{imei}}; no model that yishi knows by name"), NULL},
    {"modem.nameless", WARN, N_("{{maker}} {{model}}, firmware {{firmware}}: it tells no IMEI of its own"),
     N_("The line cannot be bound to this stick; with two of them, use another model.")},

    {"sim.ok", PASS, N_("SIM {{iccid}}, open{{#tries}}, {{tries}} PIN tries left{{/tries}}"), NULL},
    {"sim.absent", FAIL, N_("there is no SIM in the modem"),
     N_("Unplug the stick, put the SIM in as drawn beside the slot until it clicks, plug in again. If that "
	"does not help: clean its contacts, try the SIM in a phone.")},
    {"sim.pin", FAIL,
     N_("the SIM wants its PIN{{#tries}} ({{tries}} tries left){{/tries}}; the test never tries one"),
     N_("Switch the PIN off in a phone; or write it into a file, name the file as pin_file in [modem "
	"{{line}}], and restart the gateway.")},
    {"sim.last", FAIL, N_("the SIM wants its PIN, and a single try is left"),
     N_("Do not guess: look the PIN up, enter it in a phone and switch it off there. A wrong one blocks the "
	"SIM.")},
    {"sim.puk", FAIL, N_("the SIM is blocked and wants its PUK"),
     N_("The PUK stands on the card that the SIM was broken out of; else the operator tells it. Enter it in a "
	"phone and switch the PIN off there.")},
    {"sim.waits", FAIL, N_("the SIM is not ready after {{seconds}} s"),
     N_("Unplug the stick for ten seconds. If it stays so: clean the SIM's contacts, try another SIM.")},
    {"sim.broken", FAIL, N_("the SIM cannot be read"),
     N_("Clean its contacts, put it in again; if a phone cannot read it either, get another SIM.")},
    {"sim.other", WARN, N_("this is SIM {{iccid}}, the configuration wants {{wanted}}"),
     N_("Put the right SIM in, or change iccid in [modem {{line}}].")},
    {"sim.nameless", WARN, N_("open, but the modem does not tell the SIM's number (ICCID)"),
     N_("Write down the number on the card; the gateway works without it.")},

    {"lock.ok", PASS, N_("the modem takes any operator's SIM"), NULL},
    {"lock.untold", PASS, N_("the SIM is accepted; the modem does not tell of locks"), NULL},
    {"lock.own", WARN, N_("the modem is locked to the operator of this SIM"),
     N_("It works; another operator's SIM will not. Ask the operator who sold it for the code if that may be "
	"wanted.")},
    {"lock.locked", FAIL, N_("the modem is locked and does not take this SIM"),
     N_("Use a SIM of the operator who sold the stick, or have that operator unlock it, or use another "
	"stick.")},

    {"network.home", PASS, N_("registered with {{operator}}{{#technology}}, {{technology}}{{/technology}}"),
     NULL},
    {"network.roams", WARN,
     N_("registered with {{operator}}, which is not its own network: roaming, as the configuration allows"),
     N_("Texts cost more there. Use a SIM of an operator with a network here; or agree to the cost; with "
	"roaming = no in [modem {{line}}] only alarms leave.")},
    {"network.roaming", WARN, N_("registered with {{operator}}, which is not its own network: roaming"),
     N_("Texts cost more there, so that only alarms leave. Use a SIM of an operator with a network here; or, "
	"if the cost is agreed to, roaming = yes in [modem {{line}}].")},
    {"network.data", WARN,
     N_("registered with {{operator}} for data alone: neither calls nor texts are offered there"),
     N_("Does the text to itself come back all the same? Then only calls are missing. If not, ask the operator "
	"for "
	"a SIM with calls and texts (no machine SIM), and for VoLTE; or look whether another place helps.")},
    {"network.radio", FAIL, N_("the modem's radio is switched off (+CFUN: {{fun}})"),
     N_("Unplug the stick for ten seconds; if it stays so, a program has set it: AT+CFUN=1 in `yishi modem "
	"console`.")},
    {"network.searching", FAIL, N_("no network found in {{seconds}} s"),
     N_("Is the antenna screwed on? Nearer to a window, higher, away from metal. Does this SIM find a network "
	"in a phone at this very place? If the phone shows 2G only, this modem cannot use it.")},
    {"network.denied", FAIL, N_("the network refuses this SIM{{#reason}} ({{reason}}){{/reason}}"),
     N_("Ask the operator: is the SIM active, paid for, registered to a name, and allowed in this kind of "
	"device? Try the SIM in a phone.")},
    {"network.emergency", FAIL, N_("only emergency calls are possible"),
     N_("Ask the operator whether the SIM is active, paid for and registered to a name; try it in a phone.")},
    {"network.none", FAIL, N_("it is not registered and does not look for a network"),
     N_("Unplug the stick for ten seconds. If it stays so, AT+COPS=0 in `yishi modem console` makes it look by "
	"itself.")},

    {"signal.good", PASS, N_("{{signal_dbm}} dBm: {{signal}}"), NULL},
    {"signal.weak", WARN, N_("{{signal_dbm}} dBm: {{signal}}"),
     N_("Put the antenna higher, at a window, away from metal and from the power supply; it should reach -95 "
	"dBm. An outdoor antenna with 3 m of cable helps most.")},
    {"signal.poor", FAIL, N_("{{signal_dbm}} dBm: {{signal}}; texts will get lost"),
     N_("Is the antenna screwed on, on the right socket (MAIN)? Another place, an outdoor antenna, or another "
	"operator.")},
    {"signal.untold", WARN, N_("the modem does not tell how strong the signal is"),
     N_("Wait a minute and test again; look whether the antenna is on.")},

    {"smsc.ok", PASS, N_("{{smsc}}"), NULL},
    {"smsc.set", PASS, N_("{{smsc}}, from the configuration"), NULL},
    {"smsc.empty", FAIL, N_("there is no number of a service centre: no text can leave"),
     N_("Ask the operator for the number of its short message centre (in China +861380…500 for China Mobile; a "
	"phone shows it in the settings of messages) and write it as smsc in [modem {{line}}].")},

    {"smsc.refused", FAIL, N_("the modem does not take the service centre of the configuration, {{smsc}}"),
     N_("Is it right, with its country code? Put the SIM into a phone and write it into the settings of "
	"messages there; then take smsc out of [modem {{line}}].")},

    {"settings.ok", PASS, N_("PDU mode, announcements of texts"), NULL},
    {"settings.silent", WARN, N_("PDU mode; the modem refuses to announce texts (+CNMI)"),
     N_("The gateway looks for texts every minute instead. A newer firmware or another model would be "
	"quicker.")},
    {"settings.none", FAIL, N_("this firmware knows no texts: +CMGF is refused"),
     N_("There are variants of this model without SMS. Exchange it for one with SMS; the list of tested modems "
	"names some.")},
    {"settings.words", FAIL, N_("the modem does not leave text mode"),
     N_("Unplug the stick for ten seconds and test again; if it stays so, use another model.")},

    {"stores.ok", PASS, N_("{{store}}: {{used}} of {{size}} places taken"), NULL},
    {"stores.small", WARN, N_("{{store}} has only {{size}} places"),
     N_("Long texts and many at a time may have to wait in the network. A modem with more room (255) is better "
	"for a whole quarter.")},
    {"stores.nearly", WARN, N_("{{store}}: {{used}} of {{size}} places taken"),
     N_("Start the gateway: it takes the texts over and frees the places.")},
    {"stores.full", FAIL, N_("{{store}} is full ({{used}} of {{size}}): no text can arrive"),
     N_("Start the gateway: it takes the texts over and frees the places. If it runs already: `yishi modem "
	"show {{line}}`.")},
    {"stores.none", FAIL, N_("the modem has no place for texts"),
     N_("Put in a SIM with room for texts (not an eSIM), or use a modem with a memory of its own.")},

    {"self.ok", PASS,
     N_("back after {{seconds}} s{{#reported}}, delivery report after {{report_s}} s{{/reported}}"), NULL},
    {"self.unheard", WARN, N_("back after {{seconds}} s, though the modem never said that it had left"),
     N_("The gateway copes with it, but such texts stand as uncertain. A newer firmware may help; a stronger "
	"signal often does.")},
    {"self.slow", WARN, N_("back only after {{seconds}} s"),
     N_("The network is slow or the signal weak. Test again at another hour; calls for help want less than a "
	"minute.")},
    {"self.report", WARN, N_("back after {{seconds}} s, but no delivery report came"),
     N_("This operator sends none, or not to its own number: see the text to a phone (--to). If none come "
	"there either, reports = no in [modem {{line}}].")},
    {"self.misreported", WARN, N_("back after {{seconds}} s, but its delivery report says: {{status}}"),
     N_("The reports of this operator are not to be relied on: reports = no in [modem {{line}}].")},
    {"self.unannounced", WARN,
     N_("back after {{seconds}} s, found by looking: the modem did not announce it (+CMTI)"),
     N_("The gateway looks every minute, so that calls for help come late. Unplug the stick for ten seconds "
	"and "
	"test again; if it stays so, a newer firmware or another model.")},
    {"self.kept", FAIL, N_("back after {{seconds}} s, but the modem does not delete it: its store fills up"),
     N_("Unplug the stick for ten seconds and test again. If it stays so, try another SIM (a worn one cannot "
	"be "
	"written any more), then another model.")},
    {"self.number", WARN, N_("not sent: the SIM's own number is not known"),
     N_("Write number = +86… into [modem {{line}}] (or into [gateway], with a single modem), then test "
	"again.")},
    {"self.missing", FAIL,
     N_("the modem says that it left for {{number}}, and nothing came back within {{seconds}} s"),
     N_("Is {{number}} the number of this SIM? Text it from a phone: if that arrives in `yishi message list`, "
	"the line receives, and the number is wrong or the text never left (--to your phone tells). If not, "
	"ask "
	"the operator whether the SIM may receive texts in this device (SMS over LTE); try another SIM, then "
	"another model.")},
    {"self.elsewhere", FAIL,
     N_("the report says that {{number}} has it, and it did not come here within {{seconds}} s"),
     N_("That is most likely the number of another SIM: ring it, which phone rings? Write this SIM's own "
	"number "
	"as number into [modem {{line}}] (the operator tells it), then test again.")},
    {"self.failed", FAIL, N_("it left for {{number}}, and the report says: {{status}}"),
     N_("Is {{number}} the number of this SIM? If it is, ask the operator whether the SIM may receive texts in "
	"this device (SMS over LTE).")},

    {"send.credit", FAIL, N_("the operator refuses to carry texts of this SIM: {{error}}"),
     N_("Top up the SIM; ask the operator whether it may send texts (tariff, barring, machine SIM, "
	"registration to a name).")},
    {"send.centre", FAIL, N_("the service centre is not known: {{error}}"),
     N_("Ask the operator for the number of its short message centre and write it as smsc in [modem "
	"{{line}}].")},
    {"send.network", FAIL, N_("the network did not take it: {{error}}"),
     N_("Look at network, signal and service centre above; test again in ten minutes. If it stays so, ask the "
	"operator whether that is its service centre and whether the SIM may send texts in this device (SMS "
	"over LTE), and try another SIM.")},
    {"send.busy", FAIL, N_("the modem was not ready to send: {{error}}"),
     N_("It says so while it starts. Test again in a minute. If it stays so, unplug the stick for ten seconds; "
	"does it start anew again and again (see the power supply)?")},
    {"send.full", FAIL, N_("it has no room for the text: {{error}}"),
     N_("Start the gateway: it takes the texts over and frees the places. If that does not help, unplug the "
	"stick for ten seconds; delete old texts of the SIM in a phone.")},
    {"send.sim", FAIL, N_("the SIM did not let it leave: {{error}}"),
     N_("Unplug the stick for ten seconds, clean the SIM's contacts, test again; then try another SIM.")},
    {"send.extras", FAIL, N_("the network refuses what the text asks for: {{error}}"),
     N_("It is a delivery report mostly: write reports = no into [modem {{line}}] and test again. The gateway "
	"itself sends such texts once more without it.")},
    {"send.number", FAIL, N_("{{number}} was refused: {{error}}"),
     N_("Is the number right, with its country code?")},
    {"send.refused", FAIL, N_("it was refused: {{error}}"),
     N_("Test again in ten minutes. If it stays so, put the SIM into a phone and send a text from there: if "
	"that is refused too it is the operator's business, else the modem's.")},
    {"send.prompt", FAIL, N_("the modem does not take texts: {{error}}"),
     N_("Unplug the stick for ten seconds and test again; if it stays so, a newer firmware or another model.")},
    {"send.unheard", FAIL,
     N_("the modem did not answer within {{seconds}} s, and nobody knows whether it left"),
     N_("Do not send it again by hand. Signal and power supply are the usual reasons: see there; then test "
	"again.")},
    {"send.brownout", FAIL, N_("the stick went off while it sent: its power supply is too weak"),
     N_("It wants up to 2 A for a moment: a hub with its own power supply (5 V, 3 A), a short thick cable, no "
	"extension. Then test again.")},

    {"send.restart", FAIL, N_("the modem started anew while it sent: its settings are gone"),
     N_("Mostly its power supply is too weak, which wants up to 2 A for a moment: a hub with its own power "
	"supply "
	"(5 V, 3 A), a short thick cable, no extension. Then test again; if it stays so, use another model.")},

    {"phone.ok", PASS, N_("{{to}} has it; the delivery report came after {{seconds}} s"), NULL},
    {"phone.unreported", WARN, N_("it left for {{to}}; no delivery report came within {{seconds}} s"),
     N_("Look at the phone: has the text come? Then only the report is missing, and reports = no in [modem "
	"{{line}}] stops waiting for them. If it has not come: is the number right, is the phone on?")},
    {"phone.forwarded", WARN, N_("it was passed on to {{to}}; whether it arrived nobody confirms ({{status}})"),
     N_("Look at the phone: has the text come? Then all is well, but reports of this operator tell little.")},
    {"phone.failed", FAIL, N_("it left for {{to}}, and the report says: {{status}}"),
     N_("Is the number right, is the phone on, can it get texts? Test again with another phone.")},
    {"phone.left", PASS, N_("it left for {{to}}; reports are switched off"), NULL},
    {"phone.none", SKIP, N_("no phone was given: --to NUMBER"), NULL},

    {"call.ok", PASS, N_("{{caller}} rang and was seen"), NULL},
    {"call.withheld", WARN, N_("somebody rang, but no number was shown"),
     N_("Order the display of callers' numbers (来电显示) for this SIM, or ring from a phone that shows its "
	"own.")},
    {"call.clip", WARN, N_("the modem refuses to show who rings (+CLIP)"),
     N_("Residents cannot answer by ringing on this line; tell them to text, or use a model with voice.")},
    {"call.nobody", WARN, N_("nobody rang within {{seconds}} s"),
     N_("If you did ring: this line has no voice (firmware or SIM without VoLTE, data-only tariff). Residents "
	"text it instead, or get a voice model and a SIM with voice. If not: test again and ring.")},
    {"call.voiceless", SKIP, N_("this model has no voice: nobody can ring it, people text instead"), NULL},

    {"clock.ok", PASS, N_("{{off}} s from the network's time"), NULL},
    {"clock.off", WARN,
     N_("the box is {{off}} s {{#ahead}}ahead of{{/ahead}}{{^ahead}}behind{{/ahead}} the network"),
     N_("Let it be set by itself: timedatectl set-ntp true; without internet the gateway sets it by the "
	"network.")},
    {"clock.wrong", FAIL, N_("the box shows {{now}}, the network says {{network}}"),
     N_("Set it: {{#zone}}TZ={{zone}} {{/zone}}date -s '{{network}}' && hwclock -w; keep it right: timedatectl "
	"set-ntp true, or a battery clock. With a wrong clock no invitation leaves at its hour.")},
    {"clock.zone", FAIL, N_("the box shows {{now}}, the network says {{network}}: {{hours}} hours apart"),
     N_("So much is a mistaken time zone: compare both with your phone. If the box is wrong: "
	"{{#zone}}TZ={{zone}} {{/zone}}date -s 'YYYY-MM-DD HH:MM:SS' && hwclock -w. If the network is wrong, "
	"leave "
	"the box as it is, and keep it right with timedatectl set-ntp true.")},
    {"clock.implausible", FAIL, N_("the box shows {{now}}, which cannot be"),
     N_("Set it: {{#zone}}TZ={{zone}} {{/zone}}date -s 'YYYY-MM-DD HH:MM:SS' && hwclock -w; keep it right: "
	"timedatectl set-ntp true, or a battery clock.")},
    {"clock.untold", PASS, N_("{{now}}; this network tells no time to compare with"), NULL},

    {"disk.ok", PASS, N_("{{free}} MB free, a write is safe after {{ms}} ms"), NULL},
    {"disk.scarce", WARN, N_("only {{free}} MB free in {{folder}}"),
     N_("Delete what is not needed, or use a larger disk.")},
    {"disk.full", FAIL, N_("{{folder}} is full: {{free}} MB free"),
     N_("Make room before people text: journalctl --vacuum-size=50M, old files; or a larger disk.")},
    {"disk.readonly", FAIL, N_("{{folder}} cannot be written: {{reason}}"),
     N_("The folder belongs to the user of the gateway (yishi); if the disk itself can only be read, it is "
	"worn out: replace it.")},
    {"disk.owner", FAIL,
     N_("{{file}} belongs to {{owner}}; {{user}}, as whom the gateway runs, cannot write it"),
     N_("chown -R {{user}}:{{user}} {{folder}}, then restart the gateway.")},
    {"disk.slow", WARN, N_("a write is safe only after {{ms}} ms"),
     N_("The card is slow or worn. An SSD or an industrial card with “high endurance” lasts for years.")},
    {"disk.missing", FAIL, N_("there is no folder {{folder}}"),
     N_("Start the gateway once, it makes it; or correct [gateway] database.")},

    {"power.volts", PASS, N_("{{volts}} V at the modem, steady while it sent"), NULL},
    {"power.ok", PASS, N_("no sign of weakness while it sent; the modem does not tell its voltage"), NULL},
    {"power.idle", SKIP,
     N_("nothing was sent, so that the supply was not put to the test{{#volts}} ({{volts}} V at "
	"rest){{/volts}}"),
     NULL},
    {"power.low", WARN, N_("{{volts}} V at the modem: little"),
     N_("A hub with its own power supply (5 V, 3 A), a short thick cable. It should be 3.6 V and more.")},
    {"power.under", FAIL, N_("the modem says that its supply is too weak ({{reason}})"),
     N_("A hub with its own power supply (5 V, 3 A), a short thick cable, no extension. It fails when most is "
	"sent.")},
    {"power.brownout", FAIL, N_("the stick went off while it sent"),
     N_("It wants up to 2 A for a moment: a hub with its own power supply (5 V, 3 A), a short thick cable, no "
	"extension.")},

    {"usb.ok", PASS,
     N_("{{id}} in socket {{socket}}, {{speed}} Mbit/s{{#hub}}, behind a hub with its own supply{{/hub}}"),
     NULL},
    {"usb.none", SKIP, N_("not a USB device, or its socket cannot be seen"), NULL},
    {"usb.hub", WARN, N_("{{id}} hangs on a hub without a power supply of its own"),
     N_("A stick takes up to 2 A for a moment, a socket gives 0.5: use a hub with its own power supply.")},
    {"usb.sleep", WARN, N_("Linux may send {{id}} to sleep (autosuspend)"),
     N_("echo on > /sys/bus/usb/devices/{{socket}}/power/control, now; the package's udev rule does it at each "
	"start.")},
    {"usb.slow", WARN, N_("{{id}} runs at {{speed}} Mbit/s only"),
     N_("Cable or hub is bad, or of old times: another cable, directly at the box.")},

    {"rights.ok", PASS, N_("the user {{user}} may use serial ports, and nobody else reaches for them"), NULL},
    {"rights.group", FAIL, N_("the user {{user}}, as whom the gateway runs, is not in the group dialout"),
     N_("adduser {{user}} dialout, then restart the gateway.")},
    {"rights.manager", WARN, N_("ModemManager runs and may talk in between on this port"),
     N_("systemctl disable --now ModemManager; or install the package's udev rule, which keeps it off, and "
	"plug the stick in again.")},
    {"rights.braille", WARN, N_("brltty runs, which takes USB serial adapters for Braille displays"),
     N_("apt-get remove brltty, then plug the adapter in again.")},

    {"config.ok", PASS, N_("yishid --check finds nothing wrong"), NULL},
    {"config.remarks", WARN, N_("yishid --check has {{count}} remark(s): {{first}}"),
     N_("`yishid --check` shows them all.")},
    {"config.bad", FAIL, N_("the gateway will not start: {{first}}"),
     N_("Correct it and look again: `yishid --check`.")},
    {"config.unchecked", WARN, N_("yishid could not be asked: {{reason}}"),
     N_("Is the package installed whole?")},
    {"config.absent", WARN, N_("this modem stands in no configuration"),
     N_("`yishi modem probe --write` adds it; then restart the gateway.")},

    {"duty.ok", PASS, N_("{{count}} on duty or at the desk, {{installers}} installer(s)"), NULL},
    {"duty.nobody", FAIL, N_("nobody is called when somebody asks for help"),
     N_("yishi person add --name NAME --phone NUMBER --grid GRID --roles duty_officer; at least two.")},
    {"duty.alone", WARN, N_("nobody has the role installer: alarms of modem and sensors go to the desk"),
     N_("yishi person add --name NAME --phone NUMBER --grid GRID --roles installer, for whoever is to come "
	"when something breaks.")},
    {"duty.unstarted", WARN, N_("there is no registry yet"),
     N_("Start the gateway once (systemctl start yishi), then add the people on duty and test again.")},
    {"duty.unknown", FAIL, N_("the registry cannot be read: {{reason}}"),
     N_("Start the gateway once; `yishi db check`.")},

    {"sensors.ok", PASS, N_("all {{count}} cabinet(s) answer"), NULL},
    {"sensors.none", SKIP, N_("no cabinets are configured"), NULL},
    {"sensors.silent", FAIL, N_("cabinet {{cabinet}} does not answer: {{reason}}"),
     N_("Is it on? A and B the right way round, the unit number and the speed as on the device? `yishi sensor "
	"scan` finds it; the gateway polls on.")},
    {"sensors.partly", WARN, N_("cabinet {{cabinet}}: {{sensor}} gives nothing: {{reason}}"),
     N_("Is the sensor connected? Does the map fit the device: `yishi sensor read {{cabinet}}`.")},
    {"sensors.bad", FAIL, N_("{{reason}}"),
     N_("Correct the [cabinet {{cabinet}}] of the configuration; `yishi sensor scan` finds units and guesses "
	"their map.")},

    {"backup.ok", PASS, N_("{{folder}}, on another disk"), NULL},
    {"backup.same", WARN, N_("{{folder}} is on the same disk as the database"),
     N_("When the disk dies both are gone. Mount a USB stick of 16 GB at /var/backups/yishi (a line with "
	"nofail in /etc/fstab), and write backup_dir = /var/backups/yishi into [gateway].")},
    {"backup.none", WARN, N_("no folder for backups is configured"),
     N_("Mount a USB stick of 16 GB at /var/backups/yishi (a line with nofail in /etc/fstab), and write "
	"backup_dir = /var/backups/yishi into [gateway].")},
    {"backup.bad", FAIL, N_("{{folder}} cannot be written: {{reason}}"),
     N_("Is the disk mounted? The folder belongs to the user of the gateway (yishi).")},
};

const struct test_finding *test_finding(const char *key)
{
	for (size_t i = 0; i < ARRAY_LEN(findings); i++)
		if (!strcmp(findings[i].key, key))
			return &findings[i];
	return NULL;
}

static const struct {
	const char *name, *label;
} verdicts[] = {
    [TEST_PASS] = {"pass", N_("pass")},
    [TEST_SKIP] = {"skip", N_("untested")},
    [TEST_WARN] = {"warn", N_("NOTE")},
    [TEST_FAIL] = {"fail", N_("FAIL")},
};

const char *test_verdict_name(enum test_verdict v)
{
	return verdicts[v].name;
}

const char *test_verdict_label(enum test_verdict v)
{
	return gettext(verdicts[v].label);
}

const char *test_step_title(const char *step)
{
	for (const struct test_step *s = test_steps; s->name; s++)
		if (!strcmp(s->name, step))
			return gettext(s->title);
	return step;
}
