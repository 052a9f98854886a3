/* The templates of pages as files: DATA/src/page/templates in the source tree, PREFIX/share/yishi/pages when installed,
 * and a folder of the community's own ([gateway] pages) that wins file by file and word by word.
 *
 * words.zh and words.en hold the small texts, `name = text with {{variables}}`, which a page takes as {{>name}}. Every
 * other file is a template under its file's name: {{>page.css}}. docs in words.zh say which page uses what. */
#pragma once

#include "base/config.h"
#include "page/template.h"

/* `own`: the community's folder or NULL. -EINVAL with file, line and a sentence: a template is wrong, or asks for a text
 * that is not there; -ENOENT, also explained: no folder. *ret is the caller's. */
int pages_load(const char *data_dir, const char *own, enum language lang, struct template_set **ret,
	       struct err *e);

/* One template each; `file` is where it came from, `own` whether that is the community's folder. */
int pages_list(const char *data_dir, const char *own,
	       void (*each)(void *ctx, const char *name, const char *file, bool own), void *ctx, struct err *e);
