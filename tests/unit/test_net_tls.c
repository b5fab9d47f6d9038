/* test_net_tls.c - the same server over TLS. */
#include "house.h"

#include <openssl/ssl.h>

#include "base/strbuf.h"

/* A TLS client; NULL when the handshake fails. */
static SSL *tls_connect(int fd, SSL_CTX *context, int version)
{
    SSL *ssl = SSL_new(context);

    SSL_set_min_proto_version(ssl, version);
    SSL_set_max_proto_version(ssl, version);
    SSL_set_fd(ssl, fd);
    if (SSL_connect(ssl) == 1)
        return ssl;
    SSL_free(ssl);
    return NULL;
}

static struct str tls_read_rest(struct arena *arena, SSL *ssl)
{
    struct strbuf out = STRBUF(arena);
    char bytes[4096];
    int n;

    while ((n = SSL_read(ssl, bytes, sizeof(bytes))) > 0)
        strbuf_add(&out, (struct str){ bytes, (size_t)n });
    return strbuf_str(&out);
}

static void free_context(SSL_CTX **context)
{
    SSL_CTX_free(*context);
}

static void over_tls_it_is_the_same_and_stays_so(void **state UNUSED)
{
    static const int versions[] = { TLS1_2_VERSION, TLS1_3_VERSION };
    static const char input[] =
        "POST /pool HTTP/1.1\r\nHost: x\r\nContent-Length: 3\r\n\r\n"
        "abcGET /large HTTP/1.1\r\nHost: x\r\n\r\n"
        "GET /b HTTP/1.0\r\n\r\n";
    PAPERS(papers);
    HOUSE(house, .certificate = papers.certificate, .key = papers.key);
    CLEANUP(free_context) SSL_CTX *context = SSL_CTX_new(TLS_client_method());

    for (size_t i = 0; i < COUNT_OF(versions); i++) {
        PEER(fd, house);
        SSL *ssl = tls_connect(fd, context, versions[i]);
        struct str all;

        assert_non_null(ssl);
        assert_int_equal(SSL_write(ssl, input, sizeof(input) - 1), sizeof(input) - 1);
        all = tls_read_rest(&house.f.arena, ssl);
        assert_true(
            str_find(all, STR("Strict-Transport-Security: max-age=31536000\r\n")) > 0);
        assert_true(str_find(all, STR("\r\n\r\nPOST /pool  abcHTTP/1.1 200 OK")) > 0);
        assert_true(str_find(all, STR("\r\n\r\nxxxx")) > 0);
        assert_true(str_ends(all, STR("GET /b  ")));
        assert_true(all.n > MIB(4));
        SSL_free(ssl);
    }
}

static void a_stream_over_tls_brings_what_is_written(void **state UNUSED)
{
    PAPERS(papers);
    HOUSE(house, .certificate = papers.certificate, .key = papers.key);
    CLEANUP(free_context) SSL_CTX *context = SSL_CTX_new(TLS_client_method());
    PEER(fd, house);
    SSL *ssl = tls_connect(fd, context, TLS1_3_VERSION);

    assert_int_equal(SSL_write(ssl, "GET /stream HTTP/1.0\r\n\r\n", 24), 24);
    wait_for(&house.arrived);
    assert_true(write_stream(&house, STR("data: 1\n\n")));
    pthread_mutex_lock(&house.lock);
    stream_close(house.stream);
    pthread_mutex_unlock(&house.lock);
    assert_true(str_ends(tls_read_rest(&house.f.arena, ssl), STR("\r\n\r\ndata: 1\n\n")));
    wait_for(&house.closed);
    SSL_free(ssl);
}

static void old_tls_and_plain_text_are_turned_away(void **state UNUSED)
{
    PAPERS(papers);
    HOUSE(house, .certificate = papers.certificate, .key = papers.key, .receive_ms = 60);
    CLEANUP(free_context) SSL_CTX *context = SSL_CTX_new(TLS_client_method());
    PEER(fd, house);
    PEER(plain, house);
    PEER(silent, house);

    SSL_CTX_set_security_level(context, 0);
    assert_null(tls_connect(fd, context, TLS1_1_VERSION));
    SEND(plain, "GET / HTTP/1.1\r\nHost: x\r\n\r\n");
    assert_true(str_find(raw_read_rest(&house.f.arena, plain), STR("HTTP")) < 0);
    check_closed(&house, silent); /* no handshake in time */
}

static void a_key_that_does_not_fit_is_named(void **state UNUSED)
{
    PAPERS(one);
    PAPERS(two);
    FIXTURE(f);
    struct server_config config = { .listen = STR("127.0.0.1:0"),
                                    .certificate = one.certificate,
                                    .key = two.key };
    struct server *server;

    assert_int_equal(server_start(&f.op, &config, &server), ERR_INVALID);
    assert_true(str_find(f.op.err.text, str_of(two.key)) > 0);
}

/* The digest of the certificate that a new connection is shown. */
static struct str shown(struct house *house, SSL_CTX *context)
{
    PEER(fd, *house);
    SSL *ssl = tls_connect(fd, context, TLS1_3_VERSION);
    unsigned char digest[EVP_MAX_MD_SIZE];
    unsigned n = 0;
    X509 *certificate;

    assert_non_null(ssl);
    certificate = SSL_get1_peer_certificate(ssl);
    assert_int_equal(X509_digest(certificate, EVP_sha256(), digest, &n), 1);
    X509_free(certificate);
    SSL_free(ssl);
    return arena_dup(&house->f.arena, (struct str){ (const char *)digest, n });
}

static void move(const char *from, const char *to)
{
    assert_int_equal(rename(from, to), 0);
}

static void a_renewed_certificate_is_shown_from_then_on(void **state UNUSED)
{
    PAPERS(papers);
    PAPERS(renewed);
    PAPERS(other);
    HOUSE(house, .certificate = papers.certificate, .key = papers.key);
    CLEANUP(free_context) SSL_CTX *context = SSL_CTX_new(TLS_client_method());
    PEER(fd, house);
    SSL *open = tls_connect(fd, context, TLS1_3_VERSION);
    struct str before = shown(&house, context), after;

    move(renewed.certificate, papers.certificate);
    move(renewed.key, papers.key);
    assert_true(str_eq(shown(&house, context), before));
    CHECK_OK(&house.f, server_renew_tls(&house.f.op, house.server));
    after = shown(&house, context);
    assert_false(str_eq(after, before));

    /* Half of a renewal: the files do not fit each other. */
    move(other.certificate, papers.certificate);
    assert_int_equal(server_renew_tls(&house.f.op, house.server), ERR_INVALID);
    assert_true(str_eq(shown(&house, context), after));

    assert_int_equal(SSL_write(open, "GET /b HTTP/1.0\r\n\r\n", 19), 19);
    assert_true(str_ends(tls_read_rest(&house.f.arena, open), STR("GET /b  ")));
    SSL_free(open);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(over_tls_it_is_the_same_and_stays_so),
        cmocka_unit_test(a_stream_over_tls_brings_what_is_written),
        cmocka_unit_test(old_tls_and_plain_text_are_turned_away),
        cmocka_unit_test(a_renewed_certificate_is_shown_from_then_on),
        cmocka_unit_test(a_key_that_does_not_fit_is_named),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
