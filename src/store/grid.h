/* The tree of grids: city / district / street / community / grid / building, each with a code such as KS-03-2
 * and a parent. Every list, audience and right can be scoped to a subtree. */
#pragma once

#include "store/person.h"

#define GRID_DEPTH_MAX 16

struct grid {
	char code[GRID_CODE_MAX];
	char name[96];
	char parent[GRID_CODE_MAX]; /* "" at the top */
	int depth;                  /* 0 at the top; filled by grid_list */
};

/* Writes one grid; a parent that is not there yet is made, nameless. Inside the caller's transaction.
 * -ELOOP when it would become its own ancestor, -E2BIG when the tree gets deeper than GRID_DEPTH_MAX. */
int grid_put(struct store *s, const char *code, const char *name, const char *parent);

/* 0 when there is a grid with this code, -EINVAL when there is none ("" is none), or -errno. */
int grid_known(struct store *s, const char *code);

/* The code of the one grid with this name; -ENOENT when there is none, or several. */
int grid_named(struct store *s, const char *name, char ret[GRID_CODE_MAX]);
/* `code` and what lies above it, nearest first. The count, or -errno. */
int grid_above(struct store *s, const char *code, char ret[GRID_DEPTH_MAX][GRID_CODE_MAX]);

/* The tree from `top` (NULL: all), parents before their children. A callback's non-zero ends the walk. */
int grid_list(struct store *s, const char *top, int (*each)(void *user, const struct grid *g), void *user);
/* Who lives in this grid alone. */
int grid_persons(struct store *s, const char *code, int64_t *ret);
