/* Any text as a .modem file beside a small generic row: refused with a sentence, or rows that can be used. */
#include "at_commands/modem_row.h"
#include "base/mem.h"

#include <stdint.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	cleanup_free char *text = mem_alloc(size + 1);
	if (size)
		memcpy(text, data, size);
	const char *names[] = {"generic.modem", "x.modem"};
	const char *texts[] = {"[modem generic]\ngap = 20ms\ncnmi = 2,1,0,1,0\ncpms_prefer = ME SM\n", text};
	struct modem_rows rows;
	struct err e = {0};
	if (modem_rows_parse(names, texts, 2, &rows, &e)) {
		if (!e.text[0])
			abort();
		return 0;
	}
	struct modem_identity id = {"2c7c:0125", "Quectel", "EC25", "R1"};
	const struct modem_row *row = modem_rows_match(&rows, &id);
	if (!row || !row->name[0])
		abort();
	modem_row_chat_options(row);
	modem_row_class(row, AT_CMS, 604);
	modem_row_ignores(row, "+ZUSIMR:2");
	modem_rows_done(&rows);
	return 0;
}
