#include "civic/indoors.h"
#include "base/mem.h"

#include <string.h>

/* Rooms and what stands in them. */
static const char *const inside[] = {"我家",    "家里",     "屋里", "厨房",    "卫生间",
				     "厕所",    "阳台",     "马桶", "天花板",  "水龙头",
				     "kitchen", "bathroom", "tap",  "my flat", "my home"};

/* … unless they name what lies in front of it or is everybody's; or water comes in from outside ("到我家"). */
static const char *const around[] = {"门口", "门前", "楼下", "楼上", "楼道", "楼梯", "单元",
				     "小区", "这栋", "那栋", "旁边", "附近", "对面", "后面",
				     "前面", "窗外", "隔壁", "这边", "电梯", "车"};
static const char *const before[] = {"到", "进", "公共", "公"};

static bool begins(const char *text, const char *const *words, size_t count)
{
	for (size_t i = 0; i < count; i++)
		if (!strncmp(text, words[i], strlen(words[i])))
			return true;
	return false;
}

static bool ends(const char *text, size_t length, const char *const *words, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		size_t n = strlen(words[i]);
		if (length >= n && !memcmp(text + length - n, words[i], n))
			return true;
	}
	return false;
}

bool indoors(const char *text)
{
	for (size_t i = 0; i < ARRAY_LEN(inside); i++)
		for (const char *at = text; (at = strcasestr(at, inside[i])); at++)
			if (!ends(text, (size_t)(at - text), before, ARRAY_LEN(before)) &&
			    !begins(at + strlen(inside[i]), around, ARRAY_LEN(around)))
				return true;
	return false;
}
