/* Memory that is there or the program is not: running out aborts, the database is the state.
 * Results are owned by the caller and freed with free(). */
#pragma once

#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>

void *mem_alloc(size_t n);                  /* zeroed */
void *mem_array(size_t count, size_t size); /* zeroed; overflow aborts */
void *mem_resize(void *p, size_t count, size_t size);
char *mem_dup(const char *s); /* NULL stays NULL */
char *mem_printf(const char *fmt, ...) __attribute__((format(printf, 1, 2)));

/* `cleanup_free char *s = …` frees at the end of the scope. */
static inline void mem_cleanup(void *p)
{
	free(*(void **)p);
}
#define cleanup_free __attribute__((cleanup(mem_cleanup)))

#define ARRAY_LEN(a) (sizeof(a) / sizeof((a)[0]))
