#!/usr/bin/env python3
"""checker.py - holds what was acknowledged against what the data base and the networks have.

A program by itself that knows nothing of the server's code: it reads the tables with SQL of
its own, the history of oracle.py and the ledger of a network.

    checker.py --database sqlite:FILE|postgres://… [--history FILE]… [--dark FILE]
               [--ledger FILE] [--replies FILE] [--prefix P]

--dark names times of the monotonic clock, `FROM TO` a line, in which the power was gone: what was
acknowledged then does not count, since no disk was there. --replies is the history of an agent, one JSON line a reply that was
accepted ({"body": …}); --ledger what the network took. Prints one JSON object: numbers, and
`violations`, a list of sentences.
"""
import argparse
import collections
import json
import sqlite3
import subprocess

from oracle import file_of

SHOWN = 5


class Database:
    def __init__(self, url):
        self.url, self.sqlite = url, None
        if url.startswith("sqlite:"):
            self.sqlite = sqlite3.connect(url.removeprefix("sqlite:"), timeout=20)

    def rows(self, sql):
        if self.sqlite:
            return self.sqlite.execute(sql).fetchall()
        sql = f"SELECT COALESCE(json_agg(t), '[]') FROM ({sql}) t"
        done = subprocess.run(["psql", "-XqAt", "-v", "ON_ERROR_STOP=1", self.url, "-c", sql],
                              capture_output=True, text=True, check=True)
        return [tuple(row.values()) for row in json.loads(done.stdout)]

    def bytes(self, column):
        return f"hex({column})" if self.sqlite else f"encode({column}, 'hex')"

    def integrity(self):
        if not self.sqlite:
            return "ok"
        return self.rows("PRAGMA integrity_check(5)")[0][0]


def read_dark(path):
    if not path:
        return []
    with open(path, encoding="utf-8") as file:
        return [tuple(map(int, line.split())) for line in file]


def read_histories(paths, dark):
    """The ids that were acknowledged, and how often something else was heard."""
    acked, other = collections.Counter(), collections.Counter()
    for path in paths:
        with open(path, encoding="utf-8") as file:
            for line in file:
                word, *rest = line.split()
                if word == "acked":
                    if not any(begin <= int(rest[1]) <= end for begin, end in dark):
                        acked[rest[0]] += 1
                elif word == "refused":
                    other[f"refused_{rest[1]}"] += 1
                    other["without_retry_after"] += rest[1] == "503" and rest[2] == "-"
                else:
                    other[word] += 1
    return acked, other


def stored_ids(database, prefix):
    """How often each id is there, as a message or as an item that waits to be understood."""
    have = collections.Counter()
    for (name,) in database.rows(
            f"SELECT external_id FROM message WHERE external_id LIKE '{prefix}-%'"):
        have[name] += 1
    raw = database.bytes("bytes")
    waiting = 0
    for (text,) in database.rows(
            f"SELECT {raw} AS bytes FROM raw_item WHERE state = 'received'"):
        name = json.loads(bytes.fromhex(text)).get("external_id", "")
        waiting += 1
        if name.startswith(prefix + "-") and name not in have:
            have[name] += 1
    return have, waiting


def check_files(database, prefix, acked):
    """A file is there as a whole, and with each acknowledged message that brought one."""
    chunks = collections.defaultdict(str)
    for name, text in database.rows(
            f"SELECT m.external_id AS name, {database.bytes('c.bytes')} AS bytes "
            "FROM attachment a JOIN message m ON m.id = a.message_id "
            "JOIN attachment_chunk c ON c.attachment_id = a.id "
            f"WHERE m.external_id LIKE '{prefix}-%' ORDER BY a.id, c.number"):
        chunks[name] += text
    bad = [name for name, text in chunks.items() if bytes.fromhex(text) != file_of(name)]
    return len(chunks), bad


def first(names):
    names = sorted(names)
    return ", ".join(names[:SHOWN]) + (" …" if len(names) > SHOWN else "")


def check_inbound(database, options, found):
    acked, other = read_histories(options.history, read_dark(options.dark))
    have, waiting = stored_ids(database, options.prefix)
    lost = [name for name in acked if not have[name]]
    doubled = [name for name, n in have.items() if n > 1]
    files, bad = check_files(database, options.prefix, acked)
    found.update(acked=len(acked), stored=len(have), lost=len(lost), doubled=len(doubled),
                 waiting=waiting, files=files, bad_files=len(bad), **other)
    found["violations"] += [f"{what}: {len(names)} ({first(names)})" for what, names in (
        ("acknowledged and lost", lost), ("stored twice", doubled),
        ("files that are not whole", bad)) if names]
    if other["without_retry_after"]:
        found["violations"].append("a 503 came without Retry-After")


def check_replies(database, options, found):
    """Each reply that was accepted left once, or is marked as uncertain."""
    taken, words = collections.Counter(), collections.Counter()
    with open(options.ledger, encoding="utf-8") as file:
        for line in map(json.loads, file):
            if line["kind"] != "post" or not line["taken"]:
                continue
            body = json.loads(line["body"])["body"] if "body" in line else line["text"]
            taken[line["key"]] += 1
            words[body] += 1
    states = collections.Counter()
    for key, state in database.rows("SELECT idempotency_key, state FROM outbox"):
        states[state] += 1
        n = taken.pop(key, 0)
        if n > 1:
            found["violations"].append(f"the reply {key} was sent {n} times")
        elif state == "sent" and n != 1:
            found["violations"].append(f"the reply {key} is marked as sent, and was not")
        elif state not in ("sent", "uncertain"):
            found["violations"].append(f"the reply {key} is left in the state {state}")
    accepted = set()
    with open(options.replies, encoding="utf-8") as file:
        accepted = {json.loads(line)["body"] for line in file}
    held = {body for (body,) in database.rows(
        "SELECT v.body FROM message m JOIN message_version v ON v.message_id = m.id "
        "JOIN outbox o ON o.message_id = m.id")}
    lost = accepted - held
    twice = [body for body, n in words.items() if n > 1]
    found.update(accepted=len(accepted), replies_lost=len(lost), left=sum(words.values()),
                 doubled=len(twice), **{f"state_{k}": n for k, n in states.items()})
    found["violations"] += [f"{what}: {len(names)} ({first(names)})" for what, names in (
        ("accepted and lost", lost), ("left twice", twice),
        ("sent without a row of the outbox", list(taken))) if names]


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--database", required=True)
    parser.add_argument("--history", action="append", default=[])
    parser.add_argument("--dark")
    parser.add_argument("--ledger")
    parser.add_argument("--replies")
    parser.add_argument("--prefix", default="o")
    options = parser.parse_args()
    found = {"violations": []}
    try:
        database = Database(options.database)
        found["integrity"] = database.integrity()
        if found["integrity"] != "ok":
            found["violations"].append("the data base is damaged: " + found["integrity"])
        if options.history:
            check_inbound(database, options, found)
        if options.replies:
            check_replies(database, options, found)
    except sqlite3.DatabaseError as error:
        found["violations"].append(f"the data base cannot be read: {error}")
    print(json.dumps(found))


if __name__ == "__main__":
    main()
