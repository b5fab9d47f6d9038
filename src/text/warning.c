/* warning.c - what is said before a text, and the text. */
#include "text/warning.h"

#define MARK STR("CW: ")

struct str warning_cut(struct str body, struct str *ret_rest)
{
    struct str rest, line = str_cut(body, '\n', &rest), warning;

    *ret_rest = body;
    if (!str_starts(line, MARK) || !str_trim(rest).n)
        return STR("");
    warning = str_trim(str_sub(line, MARK.n, line.n));
    if (!warning.n)
        return STR("");
    *ret_rest = str_starts(rest, STR("\n")) ? str_sub(rest, 1, rest.n) : rest;
    return warning;
}

struct str warning_put(struct arena *arena, struct str warning, struct str body)
{
    if (!warning.n)
        return body;
    return arena_fmt(arena, STR_FMT STR_FMT "\n\n" STR_FMT, STR_ARG(MARK),
                     STR_ARG(warning), STR_ARG(body));
}
