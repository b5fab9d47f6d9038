"""wire.py - requests that are two things at once are one thing: refused."""
import socket

from case import DrahtTest

HEAD = b"Host: draht\r\nContent-Type: application/json\r\n"
SMUGGLED = b"GET /api/v1/smuggled HTTP/1.1\r\nHost: draht\r\n\r\n"
# name, headers, body
AMBIGUOUS = (
    ("length and chunks", b"Content-Length: 6\r\nTransfer-Encoding: chunked\r\n", b"0\r\n\r\n"),
    ("two lengths", b"Content-Length: 2\r\nContent-Length: 3\r\n", b"{} "),
    ("lengths in one line", b"Content-Length: 2, 3\r\n", b"{} "),
    ("a signed length", b"Content-Length: +2\r\n", b"{}"),
    ("a hex length", b"Content-Length: 0x2\r\n", b"{}"),
    ("a huge length", b"Content-Length: 99999999999999999999\r\n", b"{}"),
    ("a blank before the colon", b"Content-Length : 2\r\n", b"{}"),
    ("a folded line", b"X-A: 1\r\n b\r\nContent-Length: 2\r\n", b"{}"),
    ("unknown coding", b"Transfer-Encoding: xchunked\r\n", b"0\r\n\r\n"),
    ("coding not last", b"Transfer-Encoding: chunked, identity\r\n", b"0\r\n\r\n"),
    ("a bare line feed", b"X-A: 1\nTransfer-Encoding: chunked\r\n", b"0\r\n\r\n"),
    ("a NUL in a header", b"X-A: \0\r\nContent-Length: 2\r\n", b"{}"),
    ("a chunk with a wrong size", b"Transfer-Encoding: chunked\r\n", b"zz\r\n{}\r\n0\r\n\r\n"),
    ("a chunk longer than said", b"Transfer-Encoding: chunked\r\n", b"1\r\n{}\r\n0\r\n\r\n"),
)


class Wire(DrahtTest):
    def talk(self, bytes_):
        """Everything the server says until it hangs up or rests."""
        with socket.create_connection(self.server.address, timeout=2) as connection:
            connection.sendall(bytes_)
            said = b""
            try:
                while part := connection.recv(65536):
                    said += part
            except (TimeoutError, ConnectionError):
                pass
        return said

    def test_an_ambiguous_request_is_400_and_nothing_after_it_is_read(self):
        for name, headers, body in AMBIGUOUS:
            with self.subTest(name):
                said = self.talk(b"POST /api/v1/sessions HTTP/1.1\r\n" + HEAD + headers +
                                 b"\r\n" + body + SMUGGLED)
                self.assertEqual(said[:12], b"HTTP/1.1 400", said[:200])
                self.assertEqual(said.count(b"HTTP/1.1 "), 1, said)

    def test_a_request_without_or_with_two_hosts_is_400(self):
        for hosts in (b"", b"Host: a\r\nHost: b\r\n"):
            said = self.talk(b"GET /healthz HTTP/1.1\r\n" + hosts + b"\r\n")
            self.assertEqual(said[:12], b"HTTP/1.1 400", said[:200])

    def test_two_requests_in_one_packet_are_answered_in_order(self):
        one = b"GET /healthz HTTP/1.1\r\nHost: draht\r\n\r\n"
        last = b"GET /api/v1/nowhere HTTP/1.1\r\nHost: draht\r\nConnection: close\r\n\r\n"
        said = self.talk(one + last)
        statuses = [part[:3] for part in said.split(b"HTTP/1.1 ")[1:]]
        self.assertEqual(statuses, [b"200", b"404"])

    def test_long_addresses_and_headers_are_refused(self):
        said = self.talk(b"GET /" + b"a" * 100_000 + b" HTTP/1.1\r\nHost: draht\r\n\r\n")
        self.assertIn(said[9:12], (b"400", b"414", b"431"), said[:200])
        said = self.talk(b"GET / HTTP/1.1\r\nHost: draht\r\nX: " + b"a" * 300_000 + b"\r\n\r\n")
        self.assertIn(said[9:12], (b"400", b"431"), said[:200])

    def test_paths_do_not_climb(self):
        for path in ("/../../etc/passwd", "/%2e%2e/%2e%2e/etc/passwd", "/%00", "/assets/%00",
                     "/assets/..%2f..%2fetc/passwd", "/assets/../../etc/passwd"):
            said = self.talk(f"GET {path} HTTP/1.1\r\nHost: draht\r\n"
                             "Connection: close\r\n\r\n".encode())
            self.assertIn(said[9:10], (b"2", b"3", b"4"), path)  # the interface answers or refuses
            self.assertNotIn(b"root:", said)
