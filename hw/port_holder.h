/* Who else has a port: by the lock file that minicom, gammu and smstools leave, and by what /proc shows. */
#pragma once

#include <stdbool.h>
#include <stddef.h>

/* The name without links, as the kernel knows it; `path` itself when there is nothing. */
void port_real_name(const char *path, char *ret, size_t size);
/* A living process that is not ours has a lock file (/var/lock/LCK..ttyUSB2) for it. */
bool port_locked(const char *path, char *ret, size_t size);
/* The same, or a process that has it open, as far as /proc lets us see: "ModemManager (pid 812)". */
bool port_holder(const char *path, char *ret, size_t size);
/* A port is held, and /proc does not let us see by whom: a program that runs and is known to take modems for itself. */
bool port_suspect(char *ret, size_t size);
