#include "store/private.h"
#include "store/internal.h"

int private_hide(struct store *s, int64_t message)
{
	return store_run(s, "UPDATE message_in SET text = NULL, intents = NULL, private = 1 WHERE id = ?", "I",
			 message);
}
