/* fuzz_finding.c - any bytes as a message, with lists, names and a pattern. */
#include "fuzz.h"

#include "text/finding.h"
#include "text/personal.h"

enum { MOST = 1 << 13 };

static void check_spans(const struct finding *one, size_t size)
{
    uint32_t before = 0;

    PROMISE(one->span_count <= FINDING_MAX_SPANS);
    PROMISE(one->probability >= 0 && one->probability <= 1);
    for (size_t i = 0; i < one->span_count; i++) {
        PROMISE(one->spans[i].from >= before && one->spans[i].from < one->spans[i].to);
        PROMISE(one->spans[i].to <= size);
        before = one->spans[i].to;
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const struct text_list rows[] = {
        { STR(TEXT_TOPIC), STR("WLAN"), STR("WLAN|W-Lan|Wi-Fi") },
        { STR(TEXT_INTENT), STR("praise"), STR("gut*|!nicht gut") },
    };
    static const struct text_lists lists = { rows, COUNT_OF(rows) };
    static const struct str names[] = { STR("Nordnetz") };
    static const struct finding_setting setting = {
        .lists = &lists,
        .own_names = names,
        .own_name_count = 1,
        .competitors = names,
        .competitor_count = 1,
        .order_number = STR("A-000"),
    };
    ARENA(arena);
    struct findings all;
    struct personal places[PERSONAL_MAX];
    int64_t keys[FINGERPRINT_KEYS];
    enum finding_kind kind;

    if (size > MOST)
        return 0;
    all = text_findings(&arena, INPUT, &setting);
    PROMISE(all.count <= FINDING_MAX);
    for (size_t i = 0; i < all.count; i++) {
        check_spans(&all.list[i], size);
        PROMISE(i == 0 || all.list[i - 1].kind <= all.list[i].kind);
    }
    if (finding_kind_parse(INPUT, &kind) == 0)
        PROMISE(str_eq(str_of(finding_kind_name(kind)), INPUT));
    PROMISE(text_personal(INPUT, STR("A-000"), places) <= PERSONAL_MAX);
    all.fingerprint = text_fingerprint(&arena, INPUT);
    fingerprint_keys(&all.fingerprint, keys);
    for (size_t i = 0; i < FINGERPRINT_KEYS; i++)
        PROMISE(keys[i] >= 0);
    return 0;
}
