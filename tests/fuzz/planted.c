/* planted.c - the control of the fuzz targets: a mistake that is planted into each of
 * them, when DRAHT_FUZZ_PLANTED is set, and that the search must find. */
#include "fuzz.h"

enum { PLANTED = 0x07 }; /* as the first byte of four or more */

int __real_LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
int __wrap_LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int __wrap_LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static int planted = -1;

    if (planted < 0)
        planted = getenv("DRAHT_FUZZ_PLANTED") != NULL;
    if (planted && size > 3 && data[0] == PLANTED)
        abort();
    return __real_LLVMFuzzerTestOneInput(data, size);
}
