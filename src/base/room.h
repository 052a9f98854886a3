/* Room on the disk of a file, and what it means: below `low` a person is told, below `full` nothing but what is most urgent
 * is written. A reserve of some megabytes is kept in a file of its own and let go when the disk is full. */
#pragma once

#include <stdbool.h>
#include <stdint.h>

struct room {
	int64_t free_bytes, total_bytes; /* free: for those who are not root */
};
/* The file or its folder; -errno. Asks the kernel alone, but of a network disk that may take long. */
int room_look(const char *path, struct room *ret);
/* Both stand on one disk; false also when one of them cannot be seen. */
bool room_shared(const char *a, const char *b);

enum room_state { ROOM_FINE, ROOM_LOW, ROOM_FULL };

int64_t room_low(const struct room *r);  /* 200 MB, of a small disk a twentieth */
int64_t room_full(const struct room *r); /* 8 MB, of a small disk a hundredth */
int64_t room_reserve(
    const struct room
	*r); /* 4 MB (what the log of the database grows to before it begins anew), of a small disk an eighth */

/* The state after `before`. `reserve_gone`: bytes of the reserve that are free only because it was let go, which is no
 * room. What was reached is left when there is a quarter more, or twice as much, than what led to it: a disk that hovers at a
 * limit changes nothing. Pure. */
enum room_state room_judge(enum room_state before, const struct room *r, int64_t reserve_gone);
