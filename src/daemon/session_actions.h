/* The actions of session_table.c, with the words in which `yishid --states` tells of them; done in session.c unless
 * another file is named. */
#pragma once

struct session;

/* X(identifier, "what it does") */
#define SESSION_ACTIONS(X)                                                                                     \
	X(nothing, "ignored")                                                                                  \
	/* ports */                                                                                            \
	X(open, "opens the port")                                                                              \
	X(next, "closes it, and opens the next that may be the right one")                                     \
	X(wait_for_device, "waits for a port to appear")                                                       \
	X(lost, "closes the port, and looks for it")                                                           \
	/* getting ready */                                                                                    \
	X(probe, "asks who is there, and goes through the settings")                                           \
	X(give_up, "is in trouble: nobody has answered, or the settings are not taken")                        \
	X(start_over, "goes through all settings anew on the open port")                                       \
	X(go_on, "goes on with what needs the SIM")                                                            \
	X(watch_pin, "says so, and looks now and then whether the SIM is open")                                \
	X(after_init, "looks whether there is a network")                                                      \
	X(watch_registration, "looks again, first reading what there is to be read")                           \
	X(ready, "announces itself, and looks what is to be done")                                             \
	/* at work */                                                                                          \
	X(look_around, "looks what is to be done: a full store first, then reading and sending by turns")      \
	X(read, "reads, stores and frees some texts")                                                          \
	X(send, "sends a text")                                                                                \
	X(ring, "dials")                                                                                       \
	X(hang_up, "hangs up")                                                                                 \
	X(rest, "does what was put off, and looks what is to be done")                                         \
	X(unregistered, "sends nothing, and watches the network")                                              \
	X(confused_later, "remembers it until the text that is under way has its answer")                      \
	/* the ladder: session_ladder.c */                                                                     \
	X(climb, "takes the next step of the ladder that the cause allows")                                    \
	X(back_off, "tries again, ever more rarely")                                                           \
	X(reset, "gives the reset")                                                                            \
	X(reset_away, "closes the port at once, and waits for the modem to come back")                         \
	/* from outside */                                                                                     \
	X(hold, "closes the port, and hands it over")                                                          \
	X(hold_later, "hands it over as soon as the text that is under way has its answer")                    \
	X(stop, "closes the port")                                                                             \
	X(stop_later, "ends as soon as the text that is under way has its answer")

#define X(id, words) void act_##id(struct session *s);
SESSION_ACTIONS(X)
#undef X
