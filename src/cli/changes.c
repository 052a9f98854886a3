#include "cli/changes.h"

#include "cli/control.h"
#include "store/store.h"

#include <errno.h>

void changes_actor(struct actor *by)
{
	*by = (struct actor){.channel = CHANNEL_SHELL};
	cli_actor(by->id);
}

void changes_wake(struct cli *c)
{
	const struct config *cfg;
	json_t *answer = NULL;
	if (cli_config(c, &cfg))
		return;
	int r = control_request(cfg, "wake", &answer);
	json_decref(answer);
	/* a daemon that is down reads the database when it starts; one that does not answer is worth a word */
	if (r && r != -ENOENT && r != -ECONNREFUSED)
		cli_note("%s", _("it is stored, but yishid could not be woken; it looks again within minutes"));
}

int changes_begin(struct cli *c, struct store **ret)
{
	int r = cli_store(c, ret);
	if (r)
		return r;
	return (r = store_begin(*ret)) ? cli_store_failed(c, r) : 0;
}

int changes_end(struct cli *c, int r)
{
	if (!r)
		r = store_commit(c->store);
	if (r) {
		int status = r < 0 ? cli_store_failed(c, r) : r;
		store_rollback(c->store);
		return status;
	}
	changes_wake(c);
	return EX_OK;
}
