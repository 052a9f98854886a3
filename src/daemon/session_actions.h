/* The actions of session_table.c; done in session.c unless another file is named. */
#pragma once

struct session;

void act_nothing(struct session *s);
void act_open(struct session *s);       /* → OPENED, OPEN_FAILED or MISSING */
void act_probe(struct session *s);      /* the first steps → SIM_READY, PIN_REFUSED, DEAD, INIT_FAILED */
void act_go_on(struct session *s);      /* the steps behind the PIN → INIT_DONE */
void act_after_init(struct session *s); /* → REGISTERED when it is already, READ */
void act_ready(struct session *s);      /* announces itself, looks around */
void act_unregistered(struct session *s);
void act_watch_registration(struct session *s);
void act_watch_pin(struct session *s);
void act_look_around(struct session *s); /* → READ, SEND, UNREGISTERED, or waits */
void act_read(struct session *s);        /* → REST */
void act_send(struct session *s);        /* → REST */
void act_rest(struct session *s);        /* what was put off, then look around */
void act_start_over(struct session *s);  /* all settings anew on the open port */
void act_confused_later(struct session *s);
void act_lost(struct session *s);  /* the port is gone: close, try soon */
void act_climb(struct session *s); /* close, one step up the ladder, try later */
void act_back_off(struct session *s);
void act_wait_for_device(struct session *s);
void act_hold(struct session *s);
void act_hold_later(struct session *s);
void act_stop(struct session *s);
void act_stop_later(struct session *s);
