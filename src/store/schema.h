/* The migrations that this program carries: store_schema[n] takes a database from user_version n to n + 1.
 * Generated from schema/NNN.sql by scripts/embed-schema. */
#pragma once

extern const char *const store_schema[];
extern const int store_schema_version;
