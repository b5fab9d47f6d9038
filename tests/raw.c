/* raw.c - a client of bare sockets, for tests of the server. */
#include "raw.h"

#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <openssl/pem.h>
#include <openssl/x509.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <unistd.h>

#include "base/strbuf.h"
#include "fixture.h"

int raw_connect(struct str address)
{
    struct sockaddr_in to = { .sin_family = AF_INET };
    struct timeval patience = { .tv_sec = 10 };
    struct str port;
    uint64_t number;
    int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);

    assert_true(fd >= 0);
    str_cut(address, ':', &port);
    assert_true(str_to_u64(port, &number));
    to.sin_port = htons((uint16_t)number);
    to.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    assert_int_equal(connect(fd, (struct sockaddr *)&to, sizeof(to)), 0);
    setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof(patience));
    setsockopt(fd, SOL_SOCKET, SO_SNDTIMEO, &patience, sizeof(patience));
    return fd;
}

void raw_send(int fd, struct str bytes)
{
    ssize_t n;

    while (bytes.n > 0) {
        n = send(fd, bytes.p, bytes.n, MSG_NOSIGNAL);
        if (n <= 0)
            return; /* the server may have closed; what it said is read next */
        bytes = str_sub(bytes, (size_t)n, bytes.n);
    }
}

/* False at the end; a reset counts as one. */
static bool read_byte(int fd, char *ret)
{
    ssize_t n = recv(fd, ret, 1, 0);

    if (n < 0 && (errno == EAGAIN || errno == EWOULDBLOCK))
        fail_msg("the server says nothing and does not close");
    return n == 1;
}

static struct str read_bytes(struct arena *arena, int fd, size_t count)
{
    char *bytes = arena_alloc(arena, 1, 1, count + 1);
    size_t done = 0;
    ssize_t n;

    while (done < count) {
        n = recv(fd, bytes + done, count - done, 0);
        if (n <= 0)
            fail_msg("the answer ends after %zu of %zu bytes", done, count);
        done += (size_t)n;
    }
    return (struct str){ bytes, count };
}

static struct str read_until(struct arena *arena, int fd, struct str end)
{
    struct strbuf out = STRBUF(arena);
    char c;

    while (!str_ends(strbuf_str(&out), end)) {
        if (!read_byte(fd, &c))
            return (struct str){ NULL, 0 };
        strbuf_char(&out, c);
    }
    return strbuf_str(&out);
}

bool raw_read_head(struct arena *arena, int fd, struct raw_answer *ret)
{
    struct str rest, line, value;
    uint64_t status;

    *ret = (struct raw_answer){ .head = read_until(arena, fd, STR("\r\n\r\n")) };
    if (!ret->head.p)
        return false;
    assert_true(str_starts(ret->head, STR("HTTP/1.1 ")));
    assert_true(str_to_u64(str_sub(ret->head, 9, 3), &status));
    ret->status = (int)status;
    str_cut(ret->head, '\n', &rest);
    while (rest.n > 2) {
        line = str_cut(rest, '\n', &rest);
        line = str_cut(line, ':', &value);
        http_add(arena, &ret->headers, line, str_trim(value));
    }
    return true;
}

static uint64_t hex(struct str text)
{
    uint64_t value = 0;

    for (size_t i = 0; i < text.n; i++)
        value = value * 16 +
                (uint64_t)(strchr("0123456789abcdef", text.p[i]) - "0123456789abcdef");
    return value;
}

struct str raw_read_chunk(struct arena *arena, int fd)
{
    struct str line = read_until(arena, fd, STR("\r\n")), chunk;

    if (!line.p)
        fail_msg("the stream ends without its last chunk");
    chunk = read_bytes(arena, fd, hex(str_sub(line, 0, line.n - 2)));
    CHECK_STR(read_bytes(arena, fd, 2), "\r\n");
    return chunk;
}

bool raw_read(struct arena *arena, int fd, bool head_only, struct raw_answer *ret)
{
    struct strbuf out = STRBUF(arena);
    struct str length, chunk;
    uint64_t n;

    if (!raw_read_head(arena, fd, ret))
        return false;
    if (head_only || ret->status == 204 || ret->status == 304 || ret->status == 100)
        return true;
    length = http_field(&ret->headers, "content-length");
    if (str_to_u64(length, &n)) {
        ret->body = read_bytes(arena, fd, n);
        return true;
    }
    while ((chunk = raw_read_chunk(arena, fd)).n > 0)
        strbuf_add(&out, chunk);
    ret->body = strbuf_str(&out);
    return true;
}

struct str raw_read_rest(struct arena *arena, int fd)
{
    struct strbuf out = STRBUF(arena);
    char c;

    while (read_byte(fd, &c))
        strbuf_char(&out, c);
    return strbuf_str(&out);
}

void papers_end(struct papers *papers)
{
    unlink(papers->certificate);
    unlink(papers->key);
    rmdir(papers->folder);
}

void papers_begin(struct papers *papers)
{
    EVP_PKEY *key = EVP_EC_gen("P-256");
    X509 *certificate = X509_new();
    X509_NAME *name = X509_get_subject_name(certificate);
    FILE *file;

    snprintf(papers->folder, sizeof(papers->folder), "/tmp/draht-net-XXXXXX");
    assert_non_null(mkdtemp(papers->folder));
    snprintf(papers->certificate, sizeof(papers->certificate), "%s/cert.pem",
             papers->folder);
    snprintf(papers->key, sizeof(papers->key), "%s/key.pem", papers->folder);
    ASN1_INTEGER_set(X509_get_serialNumber(certificate), 1);
    X509_gmtime_adj(X509_getm_notBefore(certificate), 0);
    X509_gmtime_adj(X509_getm_notAfter(certificate), 3600);
    X509_set_pubkey(certificate, key);
    X509_NAME_add_entry_by_txt(name, "CN", MBSTRING_ASC,
                               (const unsigned char *)"localhost", -1, -1, 0);
    X509_set_issuer_name(certificate, name);
    assert_true(X509_sign(certificate, key, EVP_sha256()) > 0);
    file = fopen(papers->certificate, "w");
    PEM_write_X509(file, certificate);
    fclose(file);
    file = fopen(papers->key, "w");
    PEM_write_PrivateKey(file, key, NULL, NULL, 0, NULL, NULL);
    fclose(file);
    X509_free(certificate);
    EVP_PKEY_free(key);
}
