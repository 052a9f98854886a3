#include "simmodem/memory.h"
#include "base/mem.h"
#include "base/text.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

void memory_init(struct memory *m, const char *name, int size)
{
	text_copy(m->name, sizeof m->name, name);
	m->size = size;
	m->slots = mem_array(size > 0 ? (size_t)size : 1, sizeof *m->slots);
	memory_clear(m);
}

void memory_done(struct memory *m)
{
	free(m->slots);
	*m = (struct memory){0};
}

void memory_clear(struct memory *m)
{
	for (int i = 0; i < m->size; i++)
		m->slots[i].state = SLOT_FREE;
}

int memory_used(const struct memory *m)
{
	int n = 0;
	for (int i = 0; i < m->size; i++)
		n += m->slots[i].state != SLOT_FREE;
	return n;
}

int memory_free_slot(const struct memory *m)
{
	for (int i = 0; i < m->size; i++)
		if (m->slots[i].state == SLOT_FREE)
			return i;
	return -1;
}

void memory_shift(struct memory *m, int index)
{
	memmove(&m->slots[index], &m->slots[index + 1], (size_t)(m->size - index - 1) * sizeof *m->slots);
	m->slots[m->size - 1].state = SLOT_FREE;
}

struct slot *memory_slot(struct memory *m, int index)
{
	if (index < 0 || index >= m->size || m->slots[index].state == SLOT_FREE)
		return NULL;
	return &m->slots[index];
}

size_t pdu_smsc_len(const struct pdu *p)
{
	size_t n = p->len ? (size_t)p->octets[0] + 1 : 0;
	return n < p->len ? n : p->len;
}

int pdu_from_hex(struct pdu *p, const char *hex)
{
	size_t n = strlen(hex);
	if (n % 2 || n / 2 > sizeof p->octets || n < 4)
		return -EINVAL;
	*p = (struct pdu){.len = n / 2};
	for (size_t i = 0; i < p->len; i++)
		if (!text_octet(hex + 2 * i, &p->octets[i]))
			return -EINVAL;
	size_t smsc = pdu_smsc_len(p);
	if (smsc >= p->len)
		return -EINVAL;
	p->report = (p->octets[smsc] & 3) == 2;
	return 0;
}

void pdu_to_hex(const struct pdu *p, char *hex)
{
	for (size_t i = 0; i < p->len; i++)
		snprintf(hex + 2 * i, 3, "%02X", p->octets[i]);
	hex[2 * p->len] = 0;
}

int pdu_class(const struct pdu *p)
{
	/* TS 23.040 9.2.2.1: first octet, originating address (semi-octet count, type, digits), PID, DCS. */
	size_t at = pdu_smsc_len(p);
	if (p->report || at + 2 >= p->len)
		return -1;
	at += 3 + ((size_t)p->octets[at + 1] + 1) / 2 + 1;
	if (at >= p->len)
		return -1;
	uint8_t dcs = p->octets[at];
	if ((dcs & 0xf0) == 0xf0 || ((dcs & 0xc0) == 0 && dcs & 0x10))
		return dcs & 3;
	return -1;
}
