/* idn.c - host names in other scripts, by ICU. */
#include <unicode/uidna.h>

#include "base/idn.h"

enum { MAX_NAME = 253 };

bool idn_to_ascii(struct arena *arena, struct str name, struct str *ret)
{
    const uint32_t options = UIDNA_CHECK_BIDI | UIDNA_CHECK_CONTEXTJ |
                             UIDNA_USE_STD3_RULES | UIDNA_NONTRANSITIONAL_TO_ASCII |
                             UIDNA_NONTRANSITIONAL_TO_UNICODE;
    UIDNAInfo info = UIDNA_INFO_INITIALIZER;
    UErrorCode error = U_ZERO_ERROR;
    UIDNA *idna = uidna_openUTS46(options, &error);
    char ascii[MAX_NAME + 1];
    int32_t n;

    if (U_FAILURE(error))
        return false;
    n = uidna_nameToASCII_UTF8(idna, name.p, (int32_t)name.n, ascii, sizeof(ascii), &info,
                               &error);
    uidna_close(idna);
    if (U_FAILURE(error) || info.errors || n <= 0 || n > MAX_NAME)
        return false;
    *ret = arena_dup(arena, (struct str){ ascii, (size_t)n });
    return true;
}
