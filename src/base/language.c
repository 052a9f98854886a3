#include "base/language.h"

#include "base/paths.h"

#include <libintl.h>
#include <limits.h>
#include <locale.h>
#include <stdlib.h>
#include <string.h>

static enum language spoken = LANG_EN;

bool language_of_environment(enum language *ret)
{
	static const char *const names[] = {"LC_ALL", "LC_MESSAGES", "LANG"};
	for (int i = 0; i < 3; i++) {
		const char *value = getenv(names[i]);
		if (!value || !*value)
			continue;
		if (!strncmp(value, "zh", 2))
			*ret = LANG_ZH;
		else if (!strncmp(value, "en", 2))
			*ret = LANG_EN;
		else
			return false; /* the first one that is set counts, and C or another language is no
					 choice of ours */
		return true;
	}
	return false;
}

/* A bare Debian has no zh_CN locale generated. glibc follows LANGUAGE in any locale but "C" itself, and C.UTF-8
 * is always there. */
void language_use(enum language lang)
{
	char dir[PATH_MAX];
	spoken = lang;
	setlocale(LC_ALL, "C.UTF-8");
	setenv("LANGUAGE", lang == LANG_ZH ? "zh_CN" : "en", 1);
	if (paths_locale(dir, sizeof dir) == 0)
		bindtextdomain("yishi", dir);
	bind_textdomain_codeset("yishi", "UTF-8");
	textdomain("yishi");
}

enum language language_now(void)
{
	return spoken;
}
