/* password.c - Argon2id by libsodium.
 *
 * The salt comes from op, so that a seeded world repeats itself; the text form is the
 * usual one of Argon2, which crypto_pwhash_str_verify() reads.
 */
#include <sodium.h>

#include "admin/password.h"

#include "base/random.h"
#include "base/utf8.h"

enum { PASSES = 2, MEMORY_KIB = 19456, HASH_BYTES = 32 };

/* Of 10 characters and more, since shorter ones are refused anyway; folded. */
static const char *const common[] = {
    "0123456789",    "1029384756",    "1111111111",       "1122334455",
    "1234512345",    "1234554321",    "12345678910",      "1234567890",
    "1234567891",    "123456789a",    "123456789q",       "1234qwer1234",
    "123qwe123qwe",  "147258369",     "1q2w3e4r5t",       "1q2w3e4r5t6y",
    "1qaz2wsx3edc",  "2wsx3edc4rfv",  "987654321a",       "9876543210",
    "abc123abc123",  "abcd123456",    "abcd1234567",      "abcdefghij",
    "abcdefghijkl",  "administrator", "admin12345",       "admin123456",
    "adminadmin",    "arschloch1",    "asdfasdfasdf",     "asdfghjkl1",
    "asdfghjkloe",   "baseball12",    "basketball",       "bayernmuenchen",
    "borussia09",    "changeme123",   "changemenow",      "computer123",
    "deutschland",   "deutschland1",  "drahtdraht",       "einszweidrei",
    "fussball123",   "geheim1234",    "geheim12345",      "geheimgeheim",
    "hallohallo",    "hallo12345",    "hallowelt1",       "helloworld",
    "helloworld1",   "iloveyou12",    "iloveyou123",      "ichliebedich",
    "jesuschrist",   "kennwort123",   "letmein123",       "liebe12345",
    "manchester",    "michelle123",   "mypassword",       "mypassword1",
    "netzwerk123",   "p4ssw0rd123",   "pass123456",       "passw0rd123",
    "passw0rt123",   "password01",    "password11",       "password12",
    "password123",   "password1234",  "password12345",    "passwordpassword",
    "passwort01",    "passwort11",    "passwort12",       "passwort123",
    "passwort1234",  "passwort12345", "passwortpasswort", "qwert12345",
    "qwertz1234",    "qwertz12345",   "qwertz123456",     "qwertzuiop",
    "qwertzuiopue",  "qwerty1234",    "qwerty12345",      "qwerty123456",
    "qwertyuiop",    "qwertyuiop1",   "schalke04!",       "schatz12345",
    "schmetterling", "sommer2024",    "sommer2025",       "sommer2026",
    "sonnenschein",  "starwars123",   "superman123",      "temp123456",
    "test123456",    "test1234567",   "testtesttest",     "unbelievable",
    "user123456",    "welcome123",    "welcome1234",      "willkommen",
    "willkommen1",   "willkommen123", "winter2025",       "winter2026",
    "zaq12wsxcde3",
};

static bool is_common(struct op *op, struct str password)
{
    struct str folded = utf8_fold(op->arena, password);

    for (size_t i = 0; i < COUNT_OF(common); i++)
        if (str_is(folded, common[i]))
            return true;
    return false;
}

/* "aaaaaaaaaa", "ababababab" */
static bool is_poor(struct str password)
{
    bool seen[256] = { false };
    size_t different = 0;

    for (size_t i = 0; i < password.n; i++) {
        bool *mark = &seen[(unsigned char)password.p[i]];
        different += !*mark;
        *mark = true;
    }
    return different < 4;
}

/* The address, or what stands before its @. */
static bool is_email(struct op *op, struct str password, struct str email)
{
    struct str folded = utf8_fold(op->arena, password), rest;
    struct str address = utf8_fold(op->arena, email);
    struct str local = str_cut(address, '@', &rest);

    return email.n > 0 && (str_eq(folded, address) || str_eq(folded, local));
}

int password_check(struct op *op, const char *field, struct str password,
                   struct str email)
{
    size_t n = utf8_count(password);

    if (n < PASSWORD_MIN)
        return op_too_short(op, field, PASSWORD_MIN, "characters");
    if (n > PASSWORD_MAX)
        return op_too_long(op, field, PASSWORD_MAX, "characters");
    if (is_email(op, password, email))
        return op_fail_field_as(op, field, "password_is_email",
                                "must not be the e-mail address");
    if (is_common(op, password) || is_poor(password))
        return op_fail_field_as(op, field, "password_common",
                                "is one of the passwords that are tried first");
    return 0;
}

int password_hash(struct op *op, struct str password, struct str *ret)
{
    unsigned char salt[crypto_pwhash_SALTBYTES], hash[HASH_BYTES];
    char salt_text[64], hash_text[64];
    int r;

    if (sodium_init() < 0)
        return op_fail(op, ERR_UNAVAILABLE, "the cryptographic library does not start");
    random_fill(op, salt, sizeof(salt));
    r = crypto_pwhash(hash, sizeof(hash), password.p, password.n, salt, PASSES,
                      KIB(MEMORY_KIB), crypto_pwhash_ALG_ARGON2ID13);
    if (r != 0)
        return op_fail(op, ERR_UNAVAILABLE, "there is no memory to hash a password");
    sodium_bin2base64(salt_text, sizeof(salt_text), salt, sizeof(salt),
                      sodium_base64_VARIANT_ORIGINAL_NO_PADDING);
    sodium_bin2base64(hash_text, sizeof(hash_text), hash, sizeof(hash),
                      sodium_base64_VARIANT_ORIGINAL_NO_PADDING);
    *ret = arena_fmt(op->arena, "$argon2id$v=19$m=%d,t=%d,p=1$%s$%s", MEMORY_KIB, PASSES,
                     salt_text, hash_text);
    return 0;
}

bool password_fits(struct op *op, struct str hash, struct str password)
{
    /* So that an unknown account takes as long as a known one. */
    struct str other = STR("$argon2id$v=19$m=19456,t=2,p=1$AAAAAAAAAAAAAAAAAAAAAA$"
                           "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA");
    struct str text = hash.n > 0 ? hash : other;
    char *stored = arena_new(op->arena, char, crypto_pwhash_STRBYTES);
    bool fits;

    if (sodium_init() < 0 || text.n >= crypto_pwhash_STRBYTES)
        return false;
    memcpy(stored, text.p, text.n);
    fits = crypto_pwhash_str_verify(stored, password.n > 0 ? password.p : "",
                                    password.n) == 0;
    return fits && hash.n > 0;
}
