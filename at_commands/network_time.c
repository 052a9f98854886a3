#include "at_commands/network_time.h"
#include "at_commands/fields.h"

#include <ctype.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#define FIELDS   9 /* date, time, zone, and what stands between */
#define YEAR_MIN 2020
#define YEAR_MAX 2069 /* two digits from 70 on are of the last century: a clock at its beginning */
#define ZONE_MAX 56   /* quarters of an hour: +14:00 */
#define DAY_SECS 86400
#define PSUTTZ   "*PSUTTZ:"
#define CTZV     "+CTZV:"

struct numbers {
	int v[FIELDS];
	bool sign[FIELDS]; /* it had one: the zone */
	int count;
};

/* Every number of the line behind its colon, whatever stands between. */
static void collect(const char *line, struct numbers *n)
{
	const char *p = strchr(line, ':');
	p = p ? p + 1 : line;
	while (*p && n->count < FIELDS) {
		bool sign = (*p == '+' || *p == '-') && isdigit((unsigned char)p[1]);
		if (!sign && !isdigit((unsigned char)*p)) {
			p++;
			continue;
		}
		char *end;
		long v = strtol(p, &end, 10);
		n->sign[n->count] = sign;
		n->v[n->count++] = v > -10000 && v < 10000 ? (int)v : 9999;
		p = end;
	}
}

static bool between(int v, int from, int to)
{
	return v >= from && v <= to;
}

static int64_t days_from_civil(int y, int m, int d)
{
	y -= m <= 2;
	int era = y / 400, yoe = y - era * 400;
	int doy = (153 * (m + (m > 2 ? -3 : 9)) + 2) / 5 + d - 1;
	int doe = yoe * 365 + yoe / 4 - yoe / 100 + doy;
	return (int64_t)era * 146097 + doe - 719468;
}

/* Six numbers without a sign in a row are the time; the number with a sign, or the first one behind or before the
 * time, is the zone. */
int at_parse_network_time(const char *line, bool utc, struct at_network_time *ret)
{
	struct numbers n = {.count = 0};
	struct at_network_time t = {.has_time = false};
	collect(line, &n);
	int first = -1, zone = -1;
	for (int i = 0; i + 6 <= n.count && first < 0; i++) {
		bool plain = true;
		for (int k = i; k < i + 6; k++)
			plain &= !n.sign[k];
		int year = n.v[i] < 100 ? n.v[i] + 2000 : n.v[i];
		if (plain && between(n.v[i + 1], 1, 12) && between(n.v[i + 2], 1, 31) &&
		    between(n.v[i + 3], 0, 23) && between(n.v[i + 4], 0, 59) && between(n.v[i + 5], 0, 60) &&
		    between(year, YEAR_MIN, YEAR_MAX))
			first = i;
	}
	for (int i = 0; i < n.count && zone < 0; i++)
		if (n.sign[i] && between(abs(n.v[i]), 0, ZONE_MAX))
			zone = i;
	/* a zone without a sign: +CTZV: 32 */
	if (zone < 0 && first != 0 && n.count > 0 && at_has_prefix(line, CTZV) && between(n.v[0], 0, ZONE_MAX))
		zone = 0;
	if (first < 0 && (zone < 0 || n.count > 2))
		return -EBADMSG;
	t.has_zone = zone >= 0;
	t.zone_min = zone >= 0 ? n.v[zone] * 15 : 0;
	if (first >= 0) {
		const int *v = &n.v[first];
		int year = v[0] < 100 ? v[0] + 2000 : v[0];
		t.has_time = true;
		t.utc = days_from_civil(year, v[1], v[2]) * DAY_SECS + v[3] * 3600 + v[4] * 60 + v[5];
		/* without a zone it is not known what is local */
		bool shows_utc = utc || at_has_prefix(line, PSUTTZ);
		if (!shows_utc && !t.has_zone)
			return -EBADMSG;
		if (!shows_utc)
			t.utc -= t.zone_min * 60;
	}
	*ret = t;
	return 0;
}
