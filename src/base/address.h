/* Where a service listens: "127.0.0.1:8080", "0.0.0.0:8080" (every IPv4 address of this machine), "[::]:8080". Numbers only:
 * a name could mean another machine tomorrow. */
#pragma once

#include <sys/socket.h>

/* 0, or -EINVAL. */
int address_parse(const char *text, struct sockaddr_storage *ret, socklen_t *ret_len);
