/* language.c - the words of a page, and times as its readers write them. */
#include "page/language.h"

#include "base/clock.h"
#include "base/zone.h"
#include "text/mask.h"

static const char *const words[][2] = {
#define WORD(name, german, english) [W_##name] = { german, english },
#include "page/words.def"
#undef WORD
};

static const char *const english_months[] = { "Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                              "Jul", "Aug", "Sep", "Oct", "Nov", "Dec" };

/* Of "de-CH,de;q=0.9,en;q=0.8": which comes first. Weights are in falling order in what
 * browsers send; one that is not gets a language all the same. */
static struct str preferred(struct str accept)
{
    while (accept.n) {
        struct str one = str_trim(str_cut(accept, ',', &accept));
        struct str language = str_sub(one, 0, 2);

        if (str_eq_ignore_case(language, STR("de")))
            return STR("de");
        if (str_eq_ignore_case(language, STR("en")))
            return STR("en");
    }
    return STR("");
}

static struct str chosen(struct op *op, const struct http_request *rq)
{
    struct str value = STR("");

    if (http_param(op, rq, "lang", &value) != 0)
        op->err = (struct err){ 0 };
    return value;
}

static bool speaks(const struct site *site, struct str language)
{
    return (str_is(language, "de") || str_is(language, "en")) &&
           (!site || str_find(site->languages, language) >= 0);
}

enum language language_of(struct op *op, const struct http_request *rq,
                          const struct site *site, struct str usual)
{
    struct str language = chosen(op, rq);

    if (!speaks(site, language))
        language = preferred(http_header(rq, "Accept-Language"));
    if (!speaks(site, language))
        language = usual;
    if (!speaks(site, language) && site)
        language = str_sub(site->languages, 0, 2);
    return str_is(language, "en") ? ENGLISH : GERMAN;
}

struct str sheet_keep(const struct sheet *page)
{
    struct str language = chosen(page->op, page->rq);

    if (!speaks(&page->site, language))
        return STR("");
    return str_is(language, "en") ? STR("?lang=en") : STR("?lang=de");
}

struct str sheet_word(const struct sheet *page, enum word word)
{
    return str_of(words[word][page->language]);
}

void sheet_say(struct sheet *page, enum word word)
{
    html_text(&page->html, sheet_word(page, word));
}

struct str sheet_words_with(struct sheet *page, enum word word, struct str value)
{
    struct str rest = sheet_word(page, word);
    ptrdiff_t at = str_find(rest, STR("{}"));

    if (at < 0)
        return rest;
    return arena_fmt(page->op->arena, STR_FMT STR_FMT STR_FMT,
                     STR_ARG(str_sub(rest, 0, (size_t)at)), STR_ARG(value),
                     STR_ARG(str_sub(rest, (size_t)at + 2, rest.n)));
}

void sheet_say_with(struct sheet *page, enum word word, struct str value)
{
    html_text(&page->html, sheet_words_with(page, word, value));
}

void sheet_say_count(struct sheet *page, enum word word, int64_t number)
{
    sheet_say_with(page, word, arena_fmt(page->op->arena, "%lld", (long long)number));
}

struct str sheet_time(struct sheet *page, int64_t at)
{
    struct civil t;

    if (zone_local(page->op, page->workspace.time_zone, at, &t) < 0) {
        page->op->err = (struct err){ 0 };
        return time_format(page->op->arena, at);
    }
    if (page->language == GERMAN)
        return arena_fmt(page->op->arena, "%02d.%02d.%d, %02d:%02d Uhr", t.day, t.month,
                         t.year, t.hour, t.minute);
    return arena_fmt(page->op->arena, "%d %s %d, %02d:%02d", t.day,
                     english_months[t.month - 1], t.year, t.hour, t.minute);
}

void sheet_put_time(struct sheet *page, int64_t at)
{
    html_put(&page->html, "<time");
    html_attr(&page->html, "datetime", time_format(page->op->arena, at));
    html_put(&page->html, ">");
    html_text(&page->html, sheet_time(page, at));
    html_put(&page->html, "</time>");
}

static struct str some(struct sheet *page, enum word one, enum word many, int64_t n)
{
    if (n == 1)
        return sheet_word(page, one);
    return sheet_words_with(page, many, arena_fmt(page->op->arena, "%lld", (long long)n));
}

static int64_t up(int64_t ms, int64_t unit)
{
    return (ms + unit - 1) / unit;
}

struct str sheet_duration(struct sheet *page, int64_t ms)
{
    if (ms < MINUTES(1))
        return sheet_word(page, W_MS_SECONDS);
    if (ms <= MINUTES(90))
        return ms == HOURS(1) ? sheet_word(page, W_MS_HOUR)
                              : some(page, W_MS_MINUTE, W_MS_MINUTES, up(ms, MINUTES(1)));
    if (ms <= HOURS(36))
        return some(page, W_MS_HOUR, W_MS_HOURS, up(ms, HOURS(1)));
    return some(page, W_MS_DAY, W_MS_DAYS, up(ms, DAYS(1)));
}

struct str sheet_masked(struct sheet *page, struct str text)
{
    const struct mask_words in_place = { sheet_word(page, W_MASKED_EMAIL),
                                         sheet_word(page, W_MASKED_ACCOUNT),
                                         sheet_word(page, W_MASKED_NUMBER) };

    return mask_private(page->op->arena, text, &in_place);
}

void sheet_put_masked(struct sheet *page, struct str text, bool lines)
{
    struct str shown = sheet_masked(page, text);

    if (lines)
        html_lines(&page->html, shown);
    else
        html_text(&page->html, shown);
}

enum word sheet_reason_word(struct str reason)
{
    static const struct {
        const char *reason;
        enum word word;
    } list[] = {
        { "personal_data", W_REASON_PERSONAL_DATA },
        { "insult", W_REASON_INSULT },
        { "spam", W_REASON_SPAM },
        { "illegal", W_REASON_ILLEGAL },
        { "off_topic", W_REASON_OFF_TOPIC },
    };

    for (size_t i = 0; i < COUNT_OF(list); i++)
        if (str_is(reason, list[i].reason))
            return list[i].word;
    return W_REASON_OTHER;
}
