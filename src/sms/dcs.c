#include "sms/dcs.h"

/* Groups 00xx and 01xx: bit 5 compressed, bit 4 "the class bits mean something", bits 3 and 2 the alphabet. */
static void general(uint8_t octet, struct dcs *d)
{
	static const enum sms_alphabet alphabets[] = {SMS_GSM7, SMS_8BIT, SMS_UCS2, SMS_GSM7 /* reserved */};
	d->alphabet = alphabets[octet >> 2 & 3];
	d->compressed = octet & 0x20;
	d->auto_delete = octet & 0x40;
	if (octet & 0x10)
		d->message_class = octet & 3;
}

static void waiting(uint8_t octet, struct dcs *d)
{
	d->waiting = octet & 3;
	d->waiting_active = octet & 8;
	d->waiting_store = (octet & 0xF0) != 0xC0;
	if ((octet & 0xF0) == 0xE0)
		d->alphabet = SMS_UCS2;
}

void dcs_decode(uint8_t octet, struct dcs *ret)
{
	*ret = (struct dcs){.alphabet = SMS_GSM7, .message_class = -1, .waiting = -1};
	if (octet < 0x80) {
		general(octet, ret);
	} else if (octet >= 0xF0) {
		ret->alphabet = octet & 4 ? SMS_8BIT : SMS_GSM7;
		ret->message_class = octet & 3;
	} else if (octet >= 0xC0) {
		waiting(octet, ret);
	}
	/* 80 … BF are reserved: the default alphabet, no class */
}

uint8_t dcs_encode(enum sms_alphabet alphabet, int message_class)
{
	unsigned octet = alphabet == SMS_UCS2 ? 8 : alphabet == SMS_8BIT ? 4 : 0;
	if (message_class >= 0)
		octet |= 0x10U | ((unsigned)message_class & 3);
	return (uint8_t)octet;
}
