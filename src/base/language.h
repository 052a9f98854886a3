/* Which language the programs speak to whoever starts them: what LC_ALL, LC_MESSAGES or LANG name if that is
 * Chinese or English, else the configuration's [gateway] language, else Chinese. Works without any generated
 * locale. */
#pragma once

#include "base/config.h"

/* The environment's choice; false when it names neither Chinese nor English. */
bool language_of_environment(enum language *ret);
/* Makes gettext speak it. */
void language_use(enum language lang);
enum language language_now(void); /* English before the first language_use */
