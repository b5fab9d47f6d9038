/* banned.h - functions that this program does not use, and why.
 *
 * Included by base.h, so that a call does not compile. tools/check-banned looks
 * for the rest (a shell, hidden state) by reading the source.
 */
#ifndef BASE_BANNED_H
#define BASE_BANNED_H

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

/* They do not know how long the target is: use arena_fmt() or a strbuf. */
#undef strcpy
#define strcpy(...) banned_strcpy_use_arena_dup
#undef strcat
#define strcat(...) banned_strcat_use_strbuf
#undef strncpy
#define strncpy(...) banned_strncpy_use_arena_dup
#undef strncat
#define strncat(...) banned_strncat_use_strbuf
#undef sprintf
#define sprintf(...) banned_sprintf_use_arena_fmt
#undef vsprintf
#define vsprintf(...) banned_vsprintf_use_arena_vfmt

/* Hidden state, shared by threads. */
#undef strtok
#define strtok(...) banned_strtok_use_str_cut
#undef localtime
#define localtime(...) banned_localtime_use_zone_local
#undef gmtime
#define gmtime(...) banned_gmtime_use_time_format
#undef setenv
#define setenv(...) banned_setenv_is_shared_by_threads

/* They cannot say "that was no number": use str_to_i64(). */
#undef atoi
#define atoi(...) banned_atoi_use_str_to_i64
#undef atol
#define atol(...) banned_atol_use_str_to_i64
#undef sscanf
#define sscanf(...) banned_sscanf_use_str_cut

/* A shell between us and a file is a hole; randomness comes from op. */
#undef system
#define system(...) banned_system_no_shell
#undef popen
#define popen(...) banned_popen_no_shell
#undef rand
#define rand(...) banned_rand_use_random_fill

#endif
