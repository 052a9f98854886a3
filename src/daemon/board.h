/* The read-only board for browsers of the local network ([gateway] board; off without it): next meeting, agenda with
 * supporters, how many come, cases by state, queue, modems. It needs no password since nothing is on it that does not hang on
 * the notice board: of who raised or supports an item neither name nor number, of a dispute no words, of what is private
 * nothing at all, not even in the counts (board_page.c).
 *
 *     GET /            the page in the box's language; /zh, /en
 *     GET /live?zh     what of it changes; with If-None-Match it waits until that happened, BOARD_WAIT_MS at most
 *     GET /board.json  the same for scripts
 *
 * libmicrohttpd speaks HTTP; its sockets do not block, and its epoll descriptor is one more of the loop's. The page is
 * made anew at most every BOARD_FRESH_MS, when something happened, and only while somebody looks: without a browser nothing
 * wakes up. Connections, their memory and their silence are bounded; what is not GET or HEAD is refused. */
#pragma once

#define BOARD_CONNECTIONS 64   /* at once … */
#define BOARD_PER_ADDRESS 24   /* … from one address */
#define BOARD_MEMORY      8192 /* bytes of a request with its headers */
#define BOARD_SILENCE_S   20   /* so long may a connection say nothing */
#define BOARD_FRESH_MS    3000 /* a page is shown for so long before it is asked whether anything happened … */
#define BOARD_OLD_MS      15000 /* … and for so long when nothing did */
#define BOARD_WAIT_MS     25000 /* a browser waits for news so long and asks again */
#define BOARD_WAITING     48    /* browsers that wait; further ones ask again by and by */

struct daemon;
struct board;

struct board *board_new(struct daemon *d);
/* Opens, moves or closes it as the configuration now says; templates are read again. What is wrong is logged, and the gateway goes
 * on without the board. */
void board_configure(struct board *b);
void board_free(struct board *b); /* before the loop has run its last; NULL is fine */
