/* What the pages of a meeting show, as one JSON object (its fields: head of src/page/templates/words.zh). */
#pragma once

#include "cli/paper.h"

struct store;

enum paper_roll {
	PAPER_NOBODY,   /* no names */
	PAPER_COMING,   /* who said yes, and room for others */
	PAPER_INVITED,  /* everybody who was asked or answered */
	PAPER_ATTENDED, /* who came */
};
/* 0 and the object, or −errno of the store. */
int paper_meeting(struct paper *p, struct store *s, int64_t id, enum paper_roll roll, json_t **ret);
