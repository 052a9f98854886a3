#include "sms/timestamp.h"

#include "base/text.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#define DAY 86400

/* Days since 1970-01-01 of the Gregorian calendar, reckoned from March so that the leap day comes last. */
static int64_t days_of(int year, int month, int day)
{
	int64_t y = month <= 2 ? year - 1 : year;
	int64_t era = y / 400, of_era = y % 400;
	int64_t of_year = (153 * (month + (month > 2 ? -3 : 9)) + 2) / 5 + day - 1;
	return era * 146097 + of_era * 365 + of_era / 4 - of_era / 100 + of_year - 719468;
}

static void date_of(int64_t days, int *year, int *month, int *day)
{
	int64_t z = days + 719468, era = z / 146097, of_era = z % 146097;
	int64_t y = (of_era - of_era / 1460 + of_era / 36524 - of_era / 146096) / 365;
	int64_t of_year = of_era - (365 * y + y / 4 - y / 100), m = (5 * of_year + 2) / 153;
	*day = (int)(of_year - (153 * m + 2) / 5 + 1);
	*month = (int)(m < 10 ? m + 3 : m - 9);
	*year = (int)(y + era * 400 + (*month <= 2));
}

static int month_length(int year, int month)
{
	static const int lengths[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
	bool leap = (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;
	return lengths[month - 1] + (month == 2 && leap);
}

/* Two digits, the first in the low half; −1 when one is none. */
static int pair(uint8_t octet)
{
	int tens = octet & 15, ones = octet >> 4;
	return tens > 9 || ones > 9 ? -1 : tens * 10 + ones;
}

static uint8_t to_pair(int v)
{
	return (uint8_t)(v % 10 << 4 | v / 10);
}

void timestamp_decode(const uint8_t octets[7], struct tpdu_time *ret)
{
	*ret = (struct tpdu_time){.valid = false};
	memcpy(ret->octets, octets, 7);
	int f[6];
	for (int i = 0; i < 6; i++)
		f[i] = pair(octets[i]);
	int quarters = pair(octets[6] & 0xF7); /* bit 3 is the sign */
	bool minus = octets[6] & 8;
	if (f[0] < 0 || f[1] < 1 || f[1] > 12 || f[2] < 1 || f[3] < 0 || f[3] > 23 || f[4] < 0 || f[4] > 59 ||
	    f[5] < 0 || f[5] > 59 || quarters < 0 || quarters > (minus ? 48 : 56))
		return;
	int year = f[0] + (f[0] >= 90 ? 1900 : 2000);
	if (f[2] > month_length(year, f[1]))
		return;
	ret->zone_minutes = minus ? -15 * quarters : 15 * quarters;
	ret->utc = days_of(year, f[1], f[2]) * DAY + f[3] * 3600 + f[4] * 60 + f[5] - ret->zone_minutes * 60;
	ret->valid = true;
}

int timestamp_encode(struct tpdu_time *t)
{
	int quarters = t->zone_minutes / 15;
	int64_t local = t->utc + quarters * 15 * 60;
	if (quarters < -48 || quarters > 56 || local < days_of(1990, 1, 1) * DAY ||
	    local >= days_of(2090, 1, 1) * DAY)
		return -EINVAL;
	int year, month, day, seconds = (int)(local % DAY);
	date_of(local / DAY, &year, &month, &day);
	t->zone_minutes = quarters * 15;
	t->octets[0] = to_pair(year % 100);
	t->octets[1] = to_pair(month);
	t->octets[2] = to_pair(day);
	t->octets[3] = to_pair(seconds / 3600);
	t->octets[4] = to_pair(seconds / 60 % 60);
	t->octets[5] = to_pair(seconds % 60);
	t->octets[6] = (uint8_t)(to_pair(quarters < 0 ? -quarters : quarters) | (quarters < 0 ? 8 : 0));
	t->valid = true;
	return 0;
}

char *timestamp_format(const struct tpdu_time *t, char *buf)
{
	buf[0] = 0;
	if (!t->valid)
		return buf;
	int64_t local = t->utc + t->zone_minutes * 60;
	char all[64]; /* 25 characters, but the compiler cannot know the year */
	int year, month, day, seconds = (int)(local % DAY);
	int zone = t->zone_minutes < 0 ? -t->zone_minutes : t->zone_minutes;
	date_of(local / DAY, &year, &month, &day);
	snprintf(all, sizeof all, "%04d-%02d-%02dT%02d:%02d:%02d%c%02d:%02d", year, month, day, seconds / 3600,
		 seconds / 60 % 60, seconds % 60, t->zone_minutes < 0 ? '-' : '+', zone / 60, zone % 60);
	return text_copy(buf, 32, all);
}

int64_t validity_relative_decode(uint8_t vp)
{
	if (vp <= 143)
		return (vp + 1) * 5;
	if (vp <= 167)
		return 12 * 60 + (vp - 143) * 30;
	if (vp <= 196)
		return (vp - 166) * 24 * 60;
	return (vp - 192) * 7 * 24 * 60;
}

uint8_t validity_relative_encode(int64_t minutes)
{
	int vp = 255;
	while (vp > 0 && validity_relative_decode((uint8_t)vp) > minutes)
		vp--;
	return (uint8_t)vp;
}

int validity_enhanced_decode(const uint8_t octets[7], int64_t *ret_minutes, bool *ret_single_shot)
{
	/* A set bit 8 means that the functionality indicator goes on in the next octet (9.2.3.12.3). */
	int at = 0;
	while (octets[at] & 0x80)
		if (++at > 5)
			return -EBADMSG;
	const uint8_t *v = octets + at + 1;
	int room = 6 - at, h, m, s;
	*ret_single_shot = octets[0] & 0x40;
	switch (octets[0] & 7) {
	case 0:
		*ret_minutes = 0;
		return 0;
	case 1:
		*ret_minutes = validity_relative_decode(v[0]);
		return 0;
	case 2:
		*ret_minutes = (v[0] + 59) / 60;
		return v[0] ? 0 : -EBADMSG;
	case 3:
		if (room < 3)
			return -EBADMSG;
		h = pair(v[0]), m = pair(v[1]), s = pair(v[2]);
		if (h < 0 || m < 0 || m > 59 || s < 0 || s > 59)
			return -EBADMSG;
		*ret_minutes = h * 60 + m + (s > 0);
		return 0;
	}
	return -EBADMSG;
}
