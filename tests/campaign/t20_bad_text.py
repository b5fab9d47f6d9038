"""t20_bad_text.py - text that is none, or that does odd things, through every field that takes words."""
import unicodedata

import frame

ID = "T-20"
TITLE = "invalid UTF-8 and odd text in every field"
PROMISE = "Text comes back exactly as it came in, or is refused by name; nothing that is not UTF-8 is taken."
QUICK, FULL, CONTROL = 40, 400, 40  # strings, each through every field
INVALID = (b"\xff", b"\xc0\xaf", b"\xe0\x80\xaf", b"\xf0\x80\x80\xaf", b"\xed\xa0\x80", b"\xed\xbf\xbf",
           b"\xf4\x90\x80\x80", b"\xf8\x88\x80\x80\x80", b"\x80", b"\xc3", b"\xe2\x82", b"\xf0\x9f\x98",
           b"a\xffb", b"\xfe\xfe\xff\xff")
ODD = ("\ufffe", "\uffff", "\ufffd", "\u202eabc\u202c", "\u2066\u2069", "\u200f\u200e", "\u0000", "\x01",
       "\x7f", "\u0085", "\u2028\u2029", "\ufeff vorn", "\U0010ffff", "\U000e0041", "\u00adweich",
       "Z" + "\u0301" * 10_000, "👩\u200d👩\u200d👧\u200d👦" * 50, "👩\u200d👩\u200d👧\u200d👦" * 42_000,
       "e\u0301", "é", "ﬁ", "İ", "ß", "ẞ", "\u1100\u1161\u11a8", "각", "\u0061\u0315\u0300\u05ae\u0062",
       "<script>alert(1)</script>", "' OR 1=1 --", "{{7*7}}", "%s%n%x", "\\u0000", "\\", '"', "../../etc",
       "=1+1", "\r\nSet-Cookie: a=b", "NULL", "a" * 70_000)


def strings(c):
    """Bytes of strings: the tables, then mixtures of them by the dice."""
    out = list(INVALID) + [text.encode() for text in ODD]
    c.random.shuffle(out)
    while len(out) < c.n:
        parts = c.random.choices([text.encode() for text in ODD if len(text) < 300], k=3)
        if c.random.random() < 0.3:
            parts.insert(c.random.randrange(4), c.random.choice(INVALID))
        out.append(b"".join(parts))
    return out[:c.n]


def quoted(raw):
    """The bytes as they stand in JSON: escaped where they must be, and otherwise untouched."""
    out = raw.replace(b"\\", b"\\\\").replace(b'"', b'\\"')
    for code in range(32):
        out = out.replace(bytes([code]), b"\\u%04x" % code)
    return b'"' + out + b'"'


def fields(house, case):
    """What takes words: method, path, JSON with TEXT where the words go."""
    inbound = f"/channels/{house.place['id']}/inbound"
    item = ('{"external_id":"N","body":"x","thread":{"external_id":"T"},'
            '"author":{"external_id":"u","name":"x"}}')
    return (("POST", f"/conversations/{case}/replies", '{"visibility":"public","body":TEXT}'),
            ("POST", f"/conversations/{case}/notes", '{"body":TEXT}'),
            ("PATCH", f"/conversations/{case}", '{"tags":[TEXT]}'),
            ("POST", "/departments", '{"name":TEXT}'),
            ("POST", "/views", '{"name":TEXT,"query":"view=all"}'),
            ("PATCH", "/me", '{"name":TEXT}'),
            ("PATCH", "/workspace", '{"name":TEXT}'),
            ("POST", "/word-lists", '{"kind":"topic","value":TEXT,"words":["x"]}'),
            ("POST", "/channels", '{"network":"custom","mode":"listening","settings":{},"name":TEXT}'),
            ("POST", inbound, item.replace('"body":"x"', '"body":TEXT')),
            ("POST", inbound, item.replace('"name":"x"', '"name":TEXT')),
            ("POST", inbound, item.replace('"T"}', '"T","title":TEXT}')),
            ("POST", inbound, item.replace('"external_id":"N"', '"external_id":TEXT')),
            ("POST", "/sessions", '{"email":TEXT,"password":"x"}'))


def texts_in(value):
    if isinstance(value, str):
        yield value
    elif isinstance(value, (list, dict)):
        for one in value.values() if isinstance(value, dict) else value:
            yield from texts_in(one)


def is_text(raw):
    try:
        return raw.decode()
    except UnicodeDecodeError:
        return None


def judge(c, raw, where, answer, seen):
    text = is_text(raw)
    what = f"{where[0]} {where[1]} {raw[:30]!r}"
    c.count("tried")
    c.expect(answer.status < 500 or answer.status == 503, f"{answer.status} to {what}")
    if answer.body and answer.status != 204:
        c.expect(answer.json is not None, f"what came back is no JSON: {what}")
    if text is None:
        c.expect(answer.status == 400, f"{answer.status}, though it is not UTF-8: {what}")
    elif answer.status in (200, 201) and "TEXT" in where[2] and "sessions" not in where[1]:
        c.count("taken")
        back = {seen(one).strip() for one in texts_in(answer.json)}
        c.expect(text.strip() in back, f"it came back changed: {what}")


def inbound_kept(c, house, sent, seen):
    """What was told by the network, as the data base has it: byte for byte, or refused."""
    bodies = {seen(body) for (body,) in house.store.sql("SELECT body FROM message_version")}
    for text in sent:
        c.expect(text in bodies, f"an inbound body is not there as it came: {text[:30]!r}")


def attack(c, seen):
    with frame.House(c, clock="2026-11-02T07:00:00Z") as house:
        house.inbound(house.item("frage", "Frage"))
        case = house.admin.all("/conversations", view="all")[0]["id"]
        sent = []
        for number, raw in enumerate(strings(c)):
            for where in fields(house, case):
                body = where[2].encode().replace(b"TEXT", quoted(raw)).replace(
                    b'"N"', b'"n-%d-%d"' % (number, len(sent))).replace(b'"T"', b'"t-%d"' % number)
                answer = house.admin.send(where[0], where[1], body)
                judge(c, raw, where, answer, seen)
                if '"body":TEXT' in where[2] and "inbound" in where[1] and answer.status == 202:
                    sent.append(raw.decode())
            house.server.clock(1)
            found = house.admin.send("GET", "/search?q=" + frame.quote(raw[:200]))
            c.expect(found.status < 500, f"the search answers {found.status} to {raw[:30]!r}")
        inbound_kept(c, house, sent, seen)


def play(c):
    attack(c, lambda text: text)


def control(c):
    """An answer in which the text was tidied up must be noticed."""
    attack(c, lambda text: unicodedata.normalize("NFKC", text))
    return "what comes back is normalised"
