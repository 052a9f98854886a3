/* The other end of the control socket, for people at a shell. */
#pragma once

/* Sends one request and prints the answer: 0, or 1 when it is not ok. `request` NULL: subscribes and prints
 * events until the emulator ends. EX_UNAVAILABLE when nobody listens. */
int client_run(const char *socket_path, const char *request);
