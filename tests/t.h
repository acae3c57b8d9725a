/* t.h - what every test program begins with. */
#ifndef T_H
#define T_H

#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>

#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define COUNT(a) (sizeof(a) / sizeof(a)[0])

/* Compares and, where they differ, says which row of a table it was. */
#define same(row, expected, got)                                                                   \
	do {                                                                                       \
		if (strcmp((expected), (got)) != 0)                                                \
			fail_msg("row %zu\nexpected: %s\ngot:      %s", (size_t)(row), (expected), \
				 (got));                                                           \
	} while (0)

#endif
