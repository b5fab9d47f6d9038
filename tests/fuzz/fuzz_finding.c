/* fuzz_finding.c - any bytes as a message, with lists, names, a pattern, and what
 * was learned of it. */
#include "fuzz.h"

#include "text/correction.h"
#include "text/personal.h"
#include "text/topics.h"
#include "text/trained.h"

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

/* A person says what the text is; then it is read again. */
static void learn(struct arena *arena, struct str text, struct finding_setting setting)
{
    static const struct correction_example examples[] = {
        { .kind = FINDING_INTENT, .value = STR("order"), .holds = true },
        { .kind = FINDING_SENTIMENT, .value = STR("unsure"), .holds = true },
        { .kind = FINDING_TOWARD, .value = STR("third"), .holds = true },
        { .kind = FINDING_URGENT, .holds = false },
        { .kind = FINDING_TOPIC, .value = STR("WLAN"), .holds = true },
    };
    const struct str near = STR("Der Aufzug am Bahnhof steht still");
    const struct text_list row = { STR(TEXT_TOPIC), STR("Aufzug"), text };
    const struct text_lists sentences = { &row, 1 };
    struct correction *learned = correction_new(arena);
    struct topics *topics = topics_new(arena);
    struct findings all;
    float probability = 0;

    for (size_t i = 0; i < COUNT_OF(examples); i++) {
        struct correction_example one = examples[i];

        one.text = text;
        PROMISE(correction_learn(arena, learned, &one) == (one.kind != FINDING_TOPIC));
    }
    topics_learn_lists(topics, &sentences);
    (void)topics_learn(arena, topics, text, STR("Aufzug"), true);
    (void)topics_learn(arena, topics, near, topics_name(&sentences, text), true);
    PROMISE(topics_digest(&sentences) == topics_digest(&sentences));
    PROMISE(!topics_same(text, STR("")));
    PROMISE(topics_find(arena, topics, text, &probability).n == 0 ||
            (probability > 0 && probability <= 1));
    setting.learned = learned;
    setting.topics = topics;
    all = text_findings(arena, text, &setting);
    PROMISE(str_eq(all.model, finding_model()));
    for (size_t i = 0; i < all.count; i++)
        check_spans(&all.list[i], text.n);
}

/* A model of the workspace that every word weighs on, and the bytes as such a model. */
static void read_with_own(struct arena *arena, struct str text,
                          struct finding_setting setting)
{
    static int8_t weights[TRAINED_ROWS * MODEL_HEADS];
    struct trained own = { .version = STR("00000001"), .weights = weights }, other;
    const struct vector words = correction_words(arena, text);
    struct findings all;

    for (size_t k = 0; k < words.n; k++)
        PROMISE(words.index[k] < MODEL_ROWS);
    memset(weights, 100, sizeof(weights));
    for (size_t h = 0; h < MODEL_HEADS; h++)
        own.scales[h] = h % 2 ? 0.1F : 0;
    setting.own = &own;
    all = text_findings(arena, text, &setting);
    PROMISE(str_ends(all.model, STR("+00000001")));
    for (size_t i = 0; i < all.count; i++)
        check_spans(&all.list[i], text.n);
    PROMISE(trained_read(text, &other) == TRAINED_OTHER);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const struct text_list rows[] = {
        { STR(TEXT_TOPIC), STR("WLAN"), STR("WLAN|W-Lan|Wi-Fi") },
        { STR(TEXT_INTENT), STR("praise"), STR("gut*|!nicht gut") },
        { STR(TEXT_COMPETITOR), STR("Nordnetz"), STR("Nordnetz") },
        { STR(TEXT_ORDER_NUMBER), STR(""), STR("A-000\n00-AA") },
    };
    static const struct text_lists lists = { rows, COUNT_OF(rows) };
    static const struct finding_setting setting = { .lists = &lists };
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
        PROMISE(all.list[i].unsure || finding_first(&all, all.list[i].kind));
    }
    learn(&arena, INPUT, setting);
    read_with_own(&arena, INPUT, setting);
    if (finding_kind_parse(INPUT, &kind) == 0)
        PROMISE(str_eq(str_of(finding_kind_name(kind)), INPUT));
    PROMISE(text_personal(INPUT, STR("A-000"), places) <= PERSONAL_MAX);
    all.fingerprint = text_fingerprint(&arena, INPUT);
    PROMISE(fingerprint_likeness(&all.fingerprint, &all.fingerprint) ==
            (all.fingerprint.empty ? 0 : 1));
    fingerprint_keys(&all.fingerprint, keys);
    for (size_t i = 0; i < FINGERPRINT_KEYS; i++)
        PROMISE(keys[i] >= 0);
    return 0;
}
