/* Reads *.rules files: data that a secretary's helper edits.
 *
 *     # a comment
 *     define who: (?:我|我们|俺)         a named piece for the patterns below, written {who} there
 *     [rsvp/yes]                        a rule; its name is shown by `yishi rules explain`
 *     intent: attend                    a name of INTERFACES.md, or `address`, or `nothing` (hides its words)
 *     priority: 500                     the highest is tried first; what it took is not read again
 *     pattern: {who}?(?:来|去)(?<people>\d+)个   PCRE2; groups are named after the arguments of the intent
 *     sample: 来3个 => people=3          must be read by this rule, with these arguments
 *     not: 来电了                        must not
 *
 * Further keys, with their defaults:
 *     scope: clause | text              what a pattern sees: each clause, or a text of several clauses
 *     match: whole | start | find       it is the whole of that, its beginning, or anywhere in it
 *     asked: none invitation !rating …  the open question to this phone (any)
 *     roles: volunteer staff !staff …   the sender's roles (any); staff is every role but resident and volunteer
 *     consume: clause | match | topic | text | none   what is taken: the clauses touched, the matched words alone,
 *                                       all up to the next topic (另外, 还有 …), everything, or nothing
 *     set: scope=all                    arguments that need no group
 *     unless: …                         a pattern that must not be found in the clauses that matched
 *     first: yes                        only at the beginning of the text or of a topic
 *     lead: yes                         only in the first topic of the text
 *     many: yes                         may match again in what is left
 *     shadow: yes                       the rest of the topic is no complaint
 *     forced: yes                       complaint: the words that follow are one, whatever they are
 *     sample[asked=rating role=grid_worker]: …   in that situation
 * Groups beside the arguments: `companions` (people without the sender), `numbers` ("23、24", one intent for each). */
#pragma once

#include "rules/rule.h"

/* Adds the rules of one file. 0, -ENOENT, or -EINVAL with file, line and sentence. */
int rule_file_load(const char *path, struct rules *r, struct err *e);
/* Reads one that lies in memory (`text` is changed), as if it were called `path`. */
int rule_file_read(char *text, const char *path, struct rules *r, struct err *e);
void rule_done(struct rule *rule);

/* "number=23 valid=no": sets them in `in`; false on a key or value that does not exist. */
bool args_parse(const char *text, struct intent *in);
