/* house.c - building the shop of the demo, by the verbs that the settings use. */
#include "demo/house.h"

#include "admin/account.h"
#include "admin/department.h"
#include "admin/role.h"
#include "admin/word_list.h"
#include "admin/workspace.h"
#include "base/zone.h"
#include "desk/hours.h"
#include "page/site.h"

enum { DIALOG, VERSAND, WERKSTATT, RECHNUNG };
enum { ANNA, MEHMET, SABINE, JONAS, AYLIN, TOBIAS, PETRA, LUKAS, KATHARINA, BERND };

static const struct house plan = {
    .departments = {
        { "Kundendialog", "Dialog", "0-4 480-1200,5 540-960", JONAS, ANNA, 70, 16, 0 },
        { "Versand", "Versand", "0-4 420-1020", AYLIN, MEHMET, 170, 45, 0 },
        { "Werkstatt", "Werkstatt", "1-5 540-1080", TOBIAS, JONAS, 260, 110, 0 },
        { "Rechnung und Rückgabe", "Rechnung", "0-4 540-960", PETRA, ANNA, 400, 120, 0 },
    },
    .colleagues = {
        { "Anna Brandt", "Anna", "anna@example.org", "administrator", 0 },
        { "Mehmet Yıldız", "Mehmet", "mehmet@example.org", "manager", 0 },
        { "Sabine Krüger", "Sabine", "sabine@example.org", "coordinator", 0 },
        { "Jonas Weber", "Jonas", "jonas@example.org", "agent", 0 },
        { "Aylin Demir", "Aylin", "aylin@example.org", "agent", 0 },
        { "Tobias Groß", "Tobias", "tobias@example.org", "agent", 0 },
        { "Petra Schäfer", "Petra", "petra@example.org", "agent", 0 },
        { "Lukas Hoffmann", "Lukas", "lukas@example.org", "trainee", 0 },
        { "Dr. Katharina Vogt", "Katharina", "katharina@example.org", "legal", 0 },
        { "Bernd Neumann", "Bernd", "bernd@example.org", "reader", 0 },
    },
    .places = {
        { .key = "netz", .name = "Radwerk im Netzwerk", .kind_name = "Soziales Netzwerk",
          .icon = "hash", .thread_kind = "post", .mode = "dialogue",
          .purpose = "Neues aus der Werkstatt, Fragen und Kritik in aller Öffentlichkeit.",
          .account = "https://netz.example/@radwerk",
          .is_public = true, .owner = JONAS, .deputy = ANNA, .department = DIALOG,
          .pace = 70, .planned_minutes = 420, .target_ms = HOURS(2) },
        { .key = "bilder", .name = "Radwerk in Bildern", .kind_name = "Bilderdienst",
          .icon = "camera", .thread_kind = "post", .mode = "dialogue",
          .purpose = "Zeigen, was wir bauen und reparieren; Fragen vor dem Kauf.",
          .account = "https://bilder.example/radwerk.lindenau",
          .is_public = true, .owner = JONAS, .deputy = MEHMET, .department = DIALOG,
          .pace = 90, .planned_minutes = 360, .target_ms = HOURS(4) },
        { .key = "dm", .name = "Direktnachrichten", .kind_name = "Soziales Netzwerk",
          .icon = "message", .thread_kind = "chat", .mode = "dialogue",
          .purpose = "Was niemand mitlesen soll: Bestellungen, Adressen, Reklamationen.",
          .owner = AYLIN, .deputy = JONAS, .department = DIALOG, .pace = 70,
          .planned_minutes = 300, .target_ms = HOURS(2) },
        { .key = "mail", .name = "service@radwerk.example.org", .kind_name = "E-Mail",
          .icon = "mail", .thread_kind = "mail", .mode = "dialogue",
          .purpose = "Bestellungen, Rechnungen, alles Längere.", .greets = true,
          .owner = PETRA, .deputy = ANNA, .department = DIALOG, .pace = 130,
          .planned_minutes = 900, .target_ms = HOURS(8) },
        { .key = "chat",
          .network = "webchat",
          .settings = "{\"title\":\"Radwerk Lindenau\",\"greeting_de\":\"Moin! Fragen zu "
                      "Rad, Zelt oder Paket? Hier antworten Menschen.\"}",
          .name = "Chat auf der Website", .kind_name = "Chat",
          .icon = "globe", .thread_kind = "chat", .mode = "dialogue",
          .purpose = "Schnelle Fragen, solange jemand da ist.", .owner = ANNA,
          .deputy = JONAS, .department = DIALOG, .pace = 22, .planned_minutes = 600,
          .target_ms = MINUTES(15) },
        { .key = "form",
          .network = "form",
          .settings = "{\"email\":true,\"files\":true,\"fields\":\"Bestellnummer\","
                      "\"intro\":\"Schreiben Sie uns, wie Ihnen der Schnabel gewachsen ist.\"}",
 .name = "Kontaktformular", .kind_name = "Formular",
          .icon = "store", .thread_kind = "mail", .mode = "dialogue", .greets = true,
          .purpose = "Für alle ohne Konto irgendwo.", .owner = SABINE, .deputy = PETRA,
          .department = DIALOG, .pace = 120, .planned_minutes = 180,
          .target_ms = HOURS(8) },
        /* Nobody is responsible and nobody has the time: shown in red. */
        { .key = "bewertung", .name = "Bewertungsportal", .kind_name = "Bewertungen",
          .icon = "star", .thread_kind = "forum", .mode = "dialogue", .purpose = "",
          .is_public = true, .owner = -1, .deputy = -1, .department = -1, .pace = 300,
          .planned_minutes = 0, .target_ms = HOURS(24) },
        { .key = "forum", .name = "Forum Tourenrad", .kind_name = "Forum",
          .icon = "users", .thread_kind = "forum", .mode = "listen",
          .purpose = "Mitlesen, was andere über uns sagen. Wir reden nicht hinein.",
          .is_public = true, .owner = SABINE, .deputy = JONAS, .department = DIALOG,
          .pace = 100, .planned_minutes = 60, .target_ms = HOURS(24) },
    },
};

static const struct {
    const char *name, *words;
} topics[] = {
    { "Lieferung", "liefer*\npaket*\nsendung*\nversand*\nzusteller\nspedition\nshipping\n"
                   "ship\nkargo*" },
    { "Rückgabe", "retoure*\numtausch*\nrücksend*\ngutschrift\nstorn*\nerstatt*" },
    { "Rechnung", "rechnung*\nmahnung*\nabgebucht\nratenz*\nin raten\ninvoice" },
    { "Größe", "größe*\ntoo small\nzu klein\nzu groß\nkopfumfang\nsize" },
    { "Licht und Akku", "licht*\nakku*\nvorderlicht\nrücklicht\nlampe*\nrear light" },
    { "Werkstatt", "werkstatt*\ninspektion*\nreparatur*\nbremse*\nschaltung*\npedal*\n"
                   "tretlager*\nfelge*" },
    { "Shop", "shop*\nwarenkorb\nanmeldung*\nkundenkonto\nfehler 17\ngutschein*\ncart" },
    { "Laden und Zeiten", "öffnungszeit*\nladen\noffen\nsamstag*" },
};

static int add_topics(struct op *op)
{
    int r = 0;

    for (size_t i = 0; r >= 0 && i < COUNT_OF(topics); i++) {
        struct word_list list = { .kind = STR("topic"),
                                  .value = str_of(topics[i].name),
                                  .words = str_of(topics[i].words) };

        r = word_list_add(op, &list);
    }
    return r;
}

/* "0-4 480-1200,5 540-960": days and minutes. */
static size_t read_slots(const char *text, struct hours_slot *slots)
{
    struct str rest = str_of(text);
    size_t n = 0;

    while (rest.n) {
        struct str until, part = str_cut(rest, ',', &rest);
        struct str from = str_cut(part, ' ', &until);
        struct str first = str_cut(from, '-', &from);
        uint64_t day = 0, last = 0, begin = 0, end = 0;

        str_to_u64(first, &day);
        last = day;
        str_to_u64(from, &last);
        str_to_u64(str_cut(until, '-', &until), &begin);
        str_to_u64(until, &end);
        for (; day <= last; day++)
            slots[n++] = (struct hours_slot){ (int)day, (int)begin, (int)end };
    }
    return n;
}

/* The holidays that have a fixed date, of last year to next year. */
static size_t list_holidays(struct op *op, struct str *ret)
{
    static const char *const days[] = { "01-01", "05-01", "10-03",
                                        "10-31", "12-25", "12-26" };
    struct civil now = { .year = 2026 };
    size_t n = 0;

    if (zone_local(op, STR(HOUSE_ZONE), op->now, &now) < 0)
        return 0;
    for (int year = now.year - 1; year <= now.year + 1; year++)
        for (size_t i = 0; i < COUNT_OF(days); i++)
            ret[n++] = arena_fmt(op->arena, "%04d-%s", year, days[i]);
    return n;
}

static int add_hours(struct op *op, const struct department_of_house *d)
{
    struct hours_slot slots[HOURS_MAX_SLOTS];
    struct str holidays[HOURS_MAX_HOLIDAYS];
    struct hours hours = { .department_id = d->id,
                           .time_zone = STR(HOUSE_ZONE),
                           .slots = slots,
                           .slot_count = read_slots(d->hours, slots),
                           .holidays = holidays,
                           .holiday_count = list_holidays(op, holidays),
                           .valid_from_at = op->now };

    return hours_put(op, &hours);
}

static int add_departments(struct op *op, struct house *house)
{
    int r = 0;

    for (size_t i = 0; r >= 0 && i < HOUSE_DEPARTMENTS; i++) {
        struct department department = { .name = str_of(house->departments[i].name) };

        r = department_add(op, &department);
        if (r < 0)
            return r;
        house->departments[i].id = department.id;
        r = add_hours(op, &house->departments[i]);
    }
    return r;
}

static int add_colleague(struct op *op, struct colleague *c, struct str hash)
{
    struct account account = { .email = str_of(c->email),
                               .name = str_of(c->name),
                               .language = STR("de"),
                               .password_hash = hash,
                               .trained_at =
                                   str_is(str_of(c->role), "trainee") ? 0 : op->now };
    struct role role;
    int r = role_by_slug(op, str_of(c->role), &role);

    if (r != 0)
        return r < 0 ? r : op_fail(op, ERR_INTERNAL, "there is no role %s", c->role);
    account.role_id = role.id;
    r = account_add(op, &account);
    if (r < 0)
        return r;
    c->id = account.id;
    return 0;
}

/* Who leads a department is one of it; everybody else works in all. */
static int add_memberships(struct op *op, const struct house *house)
{
    int r = 0;

    for (size_t i = VERSAND; r >= 0 && i < HOUSE_DEPARTMENTS; i++) {
        const struct department_of_house *d = &house->departments[i];
        struct membership own[2] = {
            { .department_id = d->id, .is_head = true },
            { .department_id = house->departments[DIALOG].id },
        };

        r = account_set_memberships(op, house->colleagues[d->agent].id, own,
                                    COUNT_OF(own));
    }
    return r;
}

/* The page of all ways to reach us names it, so that impostors can be told. */
static int show_account(struct op *op, int64_t channel_id, const char *account)
{
    struct channel_site site;
    int r = channel_site_get(op, channel_id, &site);

    if (r < 0)
        return r;
    site.id = channel_id;
    site.account_url = str_of(account);
    return channel_site_set(op, &site);
}

static int add_place(struct op *op, struct house *house, struct place *place)
{
    struct channel channel = {
        .network = place->network ? str_of(place->network) : STR("custom"),
        .name = str_of(place->name),
        .icon = str_of(place->icon),
        .kind_name = str_of(place->kind_name),
        .purpose = str_of(place->purpose),
        .mode = str_of(place->mode),
        /* No outbound address: replies are recorded only. */
        .settings = place->settings ? str_of(place->settings) : STR("{}"),
        .planned_minutes = place->planned_minutes,
        .target_ms = place->target_ms,
        .created_at = op->now,
    };
    struct str why = STR("");
    int r;

    if (place->owner >= 0)
        channel.owner_id = house->colleagues[place->owner].id;
    if (place->deputy >= 0)
        channel.deputy_id = house->colleagues[place->deputy].id;
    if (place->department >= 0)
        channel.department_id = house->departments[place->department].id;
    r = channel_add(op, &channel);
    if (r >= 0)
        r = connect_channel(op, channel.id, &place->connected, &why);
    if (r >= 0 && r != CONNECT_NONE && place->account)
        r = show_account(op, channel.id, place->account);
    return r == CONNECT_NONE ? op_fail(op, ERR_INTERNAL, STR_FMT, STR_ARG(why)) : r;
}

/* With an imprint there are public pages: to read along, the contact form, status. */
static int open_pages(struct op *op)
{
    struct site site;
    int r = site_get(op, &site);

    if (r < 0)
        return r;
    site.imprint = STR("Radwerk Lindenau\nAm alten Straßenbahnhof 1, 00000 Musterstadt\n"
                       "Vertreten durch Anna Brandt\nTelefon 030 23125 014\n"
                       "service@radwerk.example.org\n\n"
                       "Dieses Geschäft ist erfunden: Vorführdaten.");
    site.threads = site.transparency = site.listening = 1;
    site.comments = STR("held");
    return site_set(op, &site);
}

int house_build(struct op *op, struct str hash, struct house *ret)
{
    struct workspace workspace = { .slug = STR(HOUSE_SLUG_BEGUN),
                                   .name = STR(HOUSE_NAME),
                                   .language = STR("de"),
                                   .time_zone = STR(HOUSE_ZONE),
                                   .is_demo = 1,
                                   .default_target_ms = HOURS(4) };
    int r;

    *ret = plan;
    r = workspace_create(op, &workspace);
    if (r >= 0)
        r = open_pages(op);
    if (r >= 0)
        r = add_topics(op);
    if (r >= 0)
        r = add_departments(op, ret);
    for (size_t i = 0; r >= 0 && i < HOUSE_COLLEAGUES; i++)
        r = add_colleague(op, &ret->colleagues[i], hash);
    if (r >= 0)
        r = add_memberships(op, ret);
    for (size_t i = 0; r >= 0 && i < HOUSE_PLACES; i++)
        r = add_place(op, ret, &ret->places[i]);
    return r;
}

struct place *house_place(struct house *house, struct str key)
{
    for (size_t i = 0; i < HOUSE_PLACES; i++) {
        if (str_is(key, house->places[i].key))
            return &house->places[i];
    }
    return NULL;
}

struct department_of_house *house_department(struct house *house, struct str key)
{
    for (size_t i = 0; i < HOUSE_DEPARTMENTS; i++) {
        if (str_is(key, house->departments[i].key))
            return &house->departments[i];
    }
    return NULL;
}

struct colleague *house_colleague(struct house *house, struct str first)
{
    for (size_t i = 0; i < HOUSE_COLLEAGUES; i++) {
        if (str_is(first, house->colleagues[i].first))
            return &house->colleagues[i];
    }
    return NULL;
}

const struct colleague *house_colleague_at(size_t index)
{
    return index < HOUSE_COLLEAGUES ? &plan.colleagues[index] : NULL;
}
