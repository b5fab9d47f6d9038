/* entry.c - a public form: fields, what is wrong with them, and the form again. */
#include "page/entry.h"

#include "base/utf8.h"

/* People do not see this field, and a browser does not fill it in. */
#define TRAP_FIELD "website"

struct entry_field *entry_add(struct entry *entry, const char *name, struct str label,
                              enum entry_kind kind)
{
    struct entry_field *field = &entry->fields[entry->count];

    if (entry->count + 1 < ENTRY_MAX_FIELDS)
        entry->count++;
    *field = (struct entry_field){ .name = name, .label = label, .kind = kind };
    entry->takes_files |= kind == ENTRY_FILES;
    return field;
}

void entry_begin(struct sheet *page, struct entry *entry)
{
    entry->ticket = ticket_new(page->op);
}

struct str entry_value(const struct entry *entry, const char *name)
{
    for (size_t i = 0; i < entry->count; i++)
        if (strcmp(entry->fields[i].name, name) == 0)
            return entry->fields[i].value;
    return STR("");
}

void entry_refuse(struct sheet *page, struct entry *entry, enum word word)
{
    entry->error = sheet_word(page, word);
}

/* One sign before the @, one dot after it, no blank. No more can be said without
 * writing to it. */
static bool is_email(struct str text)
{
    struct str domain, local = str_cut(text, '@', &domain);
    ptrdiff_t dot = str_find(domain, STR("."));

    for (size_t i = 0; i < text.n; i++)
        if ((unsigned char)text.p[i] <= ' ')
            return false;
    return local.n > 0 && dot > 0 && (size_t)dot + 1 < domain.n &&
           str_find(domain, STR("@")) < 0 && text.n <= 254;
}

static bool is_choice(const struct entry_field *field)
{
    for (const struct entry_choice *c = field->choices; c->value; c++)
        if (str_is(field->value, c->value))
            return true;
    return false;
}

static void check(struct sheet *page, struct entry_field *field)
{
    enum word wrong = WORD_COUNT;

    if (field->required && !field->value.n)
        wrong = field->kind == ENTRY_CHOICE ? W_ERROR_CHOICE : W_ERROR_EMPTY;
    else if (field->max && utf8_count(field->value) > field->max)
        wrong = W_ERROR_LONG;
    else if (field->kind == ENTRY_EMAIL && field->value.n && !is_email(field->value))
        wrong = W_ERROR_EMAIL;
    else if (field->kind == ENTRY_CHOICE && field->value.n && !is_choice(field))
        wrong = W_ERROR_CHOICE;
    if (wrong != WORD_COUNT)
        field->error = sheet_words_with(page, wrong, field->label);
}

/* One line: a line end in it is a blank. */
static struct str one_line(struct op *op, struct str text)
{
    struct str copy = arena_dup(op->arena, text);
    char *p = (char *)copy.p;

    for (size_t i = 0; i < copy.n; i++)
        if (p[i] == '\n' || p[i] == '\r' || p[i] == '\t')
            p[i] = ' ';
    return str_trim(copy);
}

/* Browsers send CR LF in a text; we keep LF. */
static struct str unix_lines(struct op *op, struct str text)
{
    struct strbuf out = STRBUF(op->arena);

    for (size_t i = 0; i < text.n; i++)
        if (text.p[i] != '\r')
            strbuf_char(&out, text.p[i]);
    return str_trim(strbuf_str(&out));
}

/* Did a browser send it from a page that is not ours? Browsers that do not say by
 * Sec-Fetch-Site where a form comes from say it by Origin; "null" tells nothing, since
 * our own pages with a secret address send that. Programs say neither, and nobody is
 * misled by them. */
static bool is_from_elsewhere(const struct sheet *page)
{
    struct str site = http_header(page->rq, "Sec-Fetch-Site"), host;
    struct str origin = http_header(page->rq, "Origin");
    ptrdiff_t at = str_find(origin, STR("://"));

    if (site.n)
        return !str_is(site, "same-origin") && !str_is(site, "none");
    if (at < 0 || str_eq_ignore_case(origin, page->base_url))
        return false;
    host = str_sub(origin, (size_t)at + 3, origin.n);
    return !str_eq_ignore_case(host, page->rq->host);
}

static int read_ticket(struct sheet *page, struct entry *entry, const struct form *form)
{
    int r = ticket_read(page->op, form_field(form, "ticket"), entry->form, entry->subject,
                        &entry->ticket);

    if (r < 0)
        return r;
    if (is_from_elsewhere(page)) {
        entry->ticket = ticket_new(page->op); /* whose number nobody else has seen */
        entry_refuse(page, entry, W_ERROR_ELSEWHERE);
        return 0;
    }
    if (r == 0)
        return 0;
    if (r == TICKET_HASTY) {
        entry->ticket.asked = true;
        entry_refuse(page, entry, W_ERROR_HASTY);
    } else {
        entry_refuse(page, entry, W_ERROR_STALE);
        if (r == TICKET_FORGED)
            entry->ticket = ticket_new(page->op);
        entry->ticket.made_at = page->op->now;
        entry->ticket.asked = true;
    }
    return 0;
}

int entry_read(struct sheet *page, struct entry *entry, const struct form *form)
{
    bool wrong;
    int r;

    entry->sent = form;
    r = read_ticket(page, entry, form);
    if (r < 0)
        return r;
    /* A program, most likely; a person finds the text again and sends it once more. */
    if (form_field(form, TRAP_FIELD).n)
        entry_refuse(page, entry, W_ERROR_TRAP);
    wrong = entry->error.n > 0;
    for (size_t i = 0; i < entry->count; i++) {
        struct entry_field *field = &entry->fields[i];
        struct str value = form_field(form, field->name);

        field->value = field->kind == ENTRY_TEXT ? unix_lines(page->op, value)
                                                 : one_line(page->op, value);
        check(page, field);
        wrong |= field->error.n > 0;
    }
    return wrong ? ENTRY_WRONG : 0;
}

static bool has_errors(const struct entry *entry)
{
    for (size_t i = 0; i < entry->count; i++)
        if (entry->fields[i].error.n)
            return true;
    return entry->error.n > 0;
}

/* Above the form, with links to the fields; it takes the focus of who hears the page. */
static void put_errors(struct sheet *page, const struct entry *entry)
{
    struct html *h = &page->html;

    if (!has_errors(entry))
        return;
    html_put(h, "<div class=\"errors\" role=\"alert\" tabindex=\"-1\" "
                "id=\"errors\">\n<p><strong>");
    sheet_say(page, W_FIX_TITLE);
    html_put(h, "</strong></p>\n<ul>\n");
    if (entry->error.n) {
        html_put(h, "<li>");
        html_text(h, entry->error);
        html_put(h, "</li>\n");
    }
    for (size_t i = 0; i < entry->count; i++) {
        if (!entry->fields[i].error.n)
            continue;
        html_put(h, "<li><a");
        html_attr(h, "href", arena_fmt(page->op->arena, "#f-%s", entry->fields[i].name));
        html_put(h, ">");
        html_text(h, entry->fields[i].error);
        html_put(h, "</a></li>\n");
    }
    html_put(h, "</ul>\n</div>\n");
}

static void put_hidden(struct sheet *page, const char *name, struct str value)
{
    html_put(&page->html, "<input type=\"hidden\"");
    html_attr(&page->html, "name", str_of(name));
    html_attr(&page->html, "value", value);
    html_put(&page->html, ">\n");
}

/* id, name, and what a screen reader is told. */
static void put_common(struct sheet *page, const struct entry_field *field)
{
    struct html *h = &page->html;
    struct arena *arena = page->op->arena;

    html_attr(h, "id", arena_fmt(arena, "f-%s", field->name));
    html_attr(h, "name", str_of(field->name));
    if (field->required)
        html_put(h, " required");
    if (field->error.n)
        html_put(h, " aria-invalid=\"true\"");
    if (field->error.n || field->has_hint)
        html_attr(h, "aria-describedby",
                  arena_fmt(arena, "%s%s%s%s%s", field->error.n ? "e-" : "",
                            field->error.n ? field->name : "",
                            field->error.n && field->has_hint ? " " : "",
                            field->has_hint ? "h-" : "",
                            field->has_hint ? field->name : ""));
}

static void put_choices(struct sheet *page, const struct entry_field *field)
{
    struct html *h = &page->html;

    html_put(h, "<select");
    put_common(page, field);
    html_put(h, ">\n<option value=\"\"></option>\n");
    for (const struct entry_choice *c = field->choices; c->value; c++) {
        html_put(h, "<option");
        html_attr(h, "value", str_of(c->value));
        if (str_is(field->value, c->value))
            html_put(h, " selected");
        html_put(h, ">");
        sheet_say(page, c->word);
        html_put(h, "</option>\n");
    }
    html_put(h, "</select>\n");
}

static void put_input(struct sheet *page, const struct entry_field *field)
{
    struct html *h = &page->html;

    if (field->kind == ENTRY_CHOICE) {
        put_choices(page, field);
        return;
    }
    if (field->kind == ENTRY_TEXT) {
        html_put(h, "<textarea rows=\"6\"");
        put_common(page, field);
        html_put(h, ">\n");
        html_text(h, field->value);
        html_put(h, "</textarea>\n");
        return;
    }
    html_put(h, "<input");
    put_common(page, field);
    if (field->kind == ENTRY_FILES) {
        html_put(h, " type=\"file\" multiple>\n");
        return;
    }
    if (field->kind == ENTRY_EMAIL)
        html_put(h, " type=\"email\" autocomplete=\"email\"");
    else
        html_put(h, " type=\"text\"");
    if (strcmp(field->name, "name") == 0)
        html_put(h, " autocomplete=\"name\"");
    html_attr(h, "value", field->value);
    html_put(h, ">\n");
}

static void put_field(struct sheet *page, const struct entry_field *field)
{
    struct html *h = &page->html;
    struct arena *arena = page->op->arena;

    html_put(h, "<div class=\"field\">\n<label");
    html_attr(h, "for", arena_fmt(arena, "f-%s", field->name));
    html_put(h, ">");
    html_text(h, field->label);
    if (field->required) {
        html_put(h, " *");
    } else {
        html_put(h, " <span class=\"soft\">(");
        sheet_say(page, W_OPTIONAL);
        html_put(h, ")</span>");
    }
    html_put(h, "</label>\n");
    if (field->has_hint) {
        html_put(h, "<p class=\"hint\"");
        html_attr(h, "id", arena_fmt(arena, "h-%s", field->name));
        html_put(h, ">");
        sheet_say(page, field->hint);
        html_put(h, "</p>\n");
    }
    if (field->error.n) {
        html_put(h, "<p class=\"error\"");
        html_attr(h, "id", arena_fmt(arena, "e-%s", field->name));
        html_put(h, ">");
        html_text(h, field->error);
        html_put(h, "</p>\n");
    }
    put_input(page, field);
    html_put(h, "</div>\n");
}

static void put_trap(struct sheet *page)
{
    struct html *h = &page->html;

    html_put(h, "<div class=\"trap\" aria-hidden=\"true\">\n<label for=\"f-" TRAP_FIELD
                "\">");
    sheet_say(page, W_TRAP);
    html_put(
        h, "</label>\n<input id=\"f-" TRAP_FIELD "\" name=\"" TRAP_FIELD
           "\" type=\"text\" tabindex=\"-1\" autocomplete=\"off\" value=\"\">\n</div>\n");
}

int entry_put(struct sheet *page, const struct entry *entry)
{
    struct html *h = &page->html;
    struct str ticket;
    int r = ticket_write(page->op, &entry->ticket, entry->form, entry->subject, &ticket);

    if (r < 0)
        return r;
    put_errors(page, entry);
    html_put(h, "<form method=\"post\" novalidate");
    html_attr(h, "action", entry->action);
    if (entry->takes_files)
        html_put(h, " enctype=\"multipart/form-data\"");
    html_put(h, ">\n<p class=\"hint\">");
    sheet_say(page, W_REQUIRED_NOTE);
    html_put(h, "</p>\n");
    put_hidden(page, "ticket", ticket);
    if (entry->also_name.n)
        put_hidden(page, arena_cstr(page->op->arena, entry->also_name),
                   entry->also_value);
    for (size_t i = 0; i < entry->count; i++)
        put_field(page, &entry->fields[i]);
    put_trap(page);
    html_put(h, "<p><button type=\"submit\">");
    sheet_say(page, entry->button);
    html_put(h, "</button></p>\n</form>\n");
    return 0;
}
