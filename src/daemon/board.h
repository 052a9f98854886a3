/* The read-only board for browsers of the local network ([gateway] board; off without it): next meeting, agenda with
 * supporters, who comes, cases by state, queue, modems. No personal data is in it, so that it needs no password: no names, no
 * numbers of residents, no words of a dispute, nothing private (board_page.c).
 *
 *     GET /            the page in the box's language; /zh, /en
 *     GET /live?zh     what of it changes; with If-None-Match it waits until that happened, BOARD_WAIT_MS at most
 *     GET /board.json  the same for scripts
 *
 * libmicrohttpd speaks HTTP; its sockets do not block, and its epoll descriptor is one more of the loop's. The page is made
 * anew at most every BOARD_FRESH_MS and only while somebody looks: without a browser nothing wakes up. Connections, their
 * memory and their silence are bounded; what is not GET or HEAD is refused. */
#pragma once

#define BOARD_CONNECTIONS 64    /* at once … */
#define BOARD_PER_ADDRESS 24    /* … from one address */
#define BOARD_MEMORY      8192  /* bytes of a request with its headers */
#define BOARD_SILENCE_S   20    /* so long may a connection say nothing */
#define BOARD_FRESH_MS    3000  /* a page is shown for so long before the store is read again */
#define BOARD_WAIT_MS     25000 /* a browser waits for news so long and asks again */
#define BOARD_WAITING     48    /* browsers that wait; further ones ask again by and by */

struct daemon;
struct board;

struct board *board_new(struct daemon *d);
/* Opens, moves or closes it as the configuration now says; templates are read again. What is wrong is logged, and the gateway goes
 * on without the board. */
void board_configure(struct board *b);
void board_free(struct board *b); /* before the loop has run its last; NULL is fine */
