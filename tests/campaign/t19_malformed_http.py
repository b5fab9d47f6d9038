"""t19_malformed_http.py - requests that are two things at once, broken, or too long, thousands of them."""
import socket

import frame
from wire import AMBIGUOUS, HEAD, SMUGGLED

ID = "T-19"
TITLE = "malformed and ambiguous HTTP"
PROMISE = "A request that can be read in two ways is refused and the connection closed; none makes the server fail."
QUICK, FULL, CONTROL = 300, 5000, 100
GOOD = (b"GET /healthz HTTP/1.1\r\nHost: draht\r\n\r\n",
        b"POST /api/v1/sessions HTTP/1.1\r\n" + HEAD + b"Content-Length: 36\r\n\r\n"
        b'{"email":"a@b.example","password":"x"}'[:36],
        b"POST /api/v1/sessions HTTP/1.1\r\n" + HEAD + b"Transfer-Encoding: chunked\r\n\r\n"
        b"2\r\n{}\r\n0\r\n\r\n",
        b"GET /api/v1/search?q=%C3%BC HTTP/1.1\r\nHost: draht\r\nAccept: */*\r\nCookie: a=b\r\n\r\n")
ODD = (b"\r", b"\n", b"\0", b":", b" ", b"\t", b"\r\n", b"\r\n ", b"%", b"\xff", b"\xc3", b",", b";",
       b"Content-Length: 5\r\n", b"Transfer-Encoding: chunked\r\n", b"Host: b\r\n", b"Expect: 100-continue\r\n",
       b"Upgrade: h2c\r\n", b"0" * 4000, b"A: b\r\n" * 300, b"-1", b"99999999999999999999")


def mutated(dice):
    """A good request, changed in one to four places."""
    text = bytearray(dice.choice(GOOD))
    for _ in range(dice.randint(1, 4)):
        at = dice.randrange(len(text) + 1)
        kind = dice.randrange(4)
        if kind == 0 and at < len(text):
            text[at] = dice.randrange(256)
        elif kind == 1:
            text[at:at] = dice.choice(ODD)
        elif kind == 2:
            del text[at:at + dice.randint(1, 12)]
        else:
            text[at:at] = text[max(0, at - dice.randint(1, 40)):at]
    return bytes(text)


def talk(address, text):
    """Everything that is said to it once it has heard that no more will come."""
    said = b""
    with socket.create_connection(address, timeout=20) as connection:
        try:
            connection.sendall(text)
            connection.shutdown(socket.SHUT_WR)
            while part := connection.recv(65536):
                said += part
        except ConnectionError:
            pass
    return said


def statuses(said):
    return [int(part[:3]) for part in said.split(b"HTTP/1.1 ")[1:] if part[:3].isdigit()]


def ambiguous(c, address):
    """The table: 400, once, and nothing after it is read."""
    for name, headers, body in AMBIGUOUS:
        said = talk(address, b"POST /api/v1/sessions HTTP/1.1\r\n" + HEAD + headers + b"\r\n" +
                    body + SMUGGLED)
        c.count("ambiguous")
        c.expect(statuses(said) == [400], f"{name}: answered {statuses(said)}")


def broken(c, address):
    for _ in range(c.n):
        text = mutated(c.random)
        try:
            got = statuses(talk(address, text))
        except TimeoutError:
            c.violation(f"no end of the answer to {text!r}")
            continue
        c.count("mutated")
        for status in got:
            c.count(f"status_{status}")
            c.expect(status < 500 or status == 505, f"{status} to {text!r}"[:200])


def play(c):
    with frame.House(c) as house:
        address, process = house.server.address, house.server.process
        ambiguous(c, address)
        broken(c, address)
        c.expect(process.poll() is None, "the server died")
        c.expect(house.admin.get("/me").status == 200, "the server does not answer any more")


def control(c):
    with frame.lenient() as address:
        ambiguous(c, address)
        broken(c, address)
    return "a server that takes anything"
