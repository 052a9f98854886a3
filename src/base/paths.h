/* Where the data lies: $YISHI_DATA, else the source tree above an executable in build/bin, else PREFIX/share/yishi. */
#pragma once

#include <stddef.h>

/* The folder that holds rules/, at_commands/modems/ and hw/cabinets/. Fills buf; 0, or -ENOENT. */
int paths_data(char *buf, size_t size);
/* The folder that holds zh_CN/LC_MESSAGES/yishi.mo. */
int paths_locale(char *buf, size_t size);
/* -c FILE (may be NULL), $YISHI_CONFIG, SYSCONFDIR/yishi/yishi.conf, /etc/yishi/yishi.conf. Always fills buf. */
void paths_config(const char *given, char *buf, size_t size);
/* Where yishi-root listens: $YISHI_ROOT_SOCKET, else /run/yishi-root.sock. Borrowed. */
const char *paths_root_socket(void);
