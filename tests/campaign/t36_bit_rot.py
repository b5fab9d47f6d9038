"""t36_bit_rot.py - one bit changes on the disk: in the data base, its log, or a backup."""
import json
import os
import shutil
import sqlite3

import frame
import harness

ID = "T-36"
TITLE = "one changed bit on the disk"
PROMISE = ("A bit that changes on the disk in what was said, sent, attached or decided is found by `draht verify` and "
           "named, and is never sent.")
QUICK, FULL, CONTROL = 12, 200, 60
MORE = 60  # flips in the data base, when none of the first hit anything that is promised
NOT_COVERED = ("Names and titles in rows of people and threads, sessions, preferences and the search index carry no digest: "
               "a changed bit there may go unnoticed. So may one in the last two commits before a crash, which "
               "looks like a write that was torn.")
# What the promise is about: columns whose change must be noticed.
PROMISED = {
    "raw_item": "id, channel_id, digest, bytes, source, received_at, state",
    "message": "id, channel_id, thread_id, conversation_id, direction, visibility, sent_at, removed_at",
    "message_version": "message_id, version, body, digest",
    "attachment": "id, message_id, size, digest",
    "attachment_chunk": "attachment_id, number, bytes",
    "outbox": "id, conversation_id, message_id, state, idempotency_key, attempts, epoch, sent_at",
    "outbox_bytes": "outbox_id, bytes, digest",
    "conversation": "id, thread_id, person_id, state, assignee_id, opened_at, solved_at",
    "event": "seq, at, kind, payload, payload_hash, hash",
}


def contents(path):
    """All that is promised, as plain SQL reads it; None when it cannot be read at all."""
    database = sqlite3.connect(f"file:{path}?mode=ro", uri=True)
    database.text_factory = bytes
    try:
        return {table: database.execute(f"SELECT {columns} FROM {table} ORDER BY 1, 2").fetchall()
                for table, columns in PROMISED.items()}
    except (sqlite3.DatabaseError, UnicodeDecodeError):
        return None  # (the text of an error may hold the damaged name)
    finally:
        database.close()


def talk(c, house):
    """A store with some of everything in it."""
    for n in range(40):
        more = {"attachments": [{"name": f"{n}.bin", "mime": "a/b", "base64": "aGFs" * 1200}]} \
            if n % 4 == 0 else {}
        house.inbound(house.item(f"c-{n}", f"Die Straße {n} ist seit {n} Tagen zu, und nun?", **more))
    for case in house.admin.all("/conversations", view="all")[:20]:
        house.eva.post(f"/conversations/{case['id']}/replies",
                       {"body": f"Antwort auf {case['id']}", "visibility": "public"})
        house.eva.post(f"/conversations/{case['id']}/notes", {"body": "Notiz"})
    house.server.clock(120)


def flip(c, path, among=None):
    """One bit of the file, anywhere or on the pages that `among` names."""
    size = os.path.getsize(path)
    at = c.random.choice(among) if among else c.random.randrange(size)
    with open(path, "r+b") as file:
        file.seek(at)
        byte = file.read(1)[0]
        file.seek(at)
        file.write(bytes([byte ^ 1 << c.random.randrange(8)]))
    return at


def places_of_words(path):
    """Where in the file words, files and frozen replies lie: the bytes a person would miss."""
    with open(path, "rb") as file:
        data = file.read()
    out = []
    for mark in ("Straße".encode(), b"aGFs", b"halhalhal", b"Antwort auf", b"idempotency_key"):
        at = -1
        while (at := data.find(mark, at + 1)) >= 0:
            out += range(at, at + len(mark))
    return out


def in_database(c, store, kept, path, notices):
    shutil.copyfile(kept, path)
    among = places_of_words(path) if c.random.random() < 0.5 else None
    at = flip(c, path, among)
    before, after = contents(kept), contents(path)
    said = store.run("verify", expect=None)
    c.count("flips_in_database")
    noticed = notices(said)
    if before == after:
        c.count("harmless" if not noticed else "noticed_elsewhere")
    elif noticed:
        c.count("noticed")
        c.expect(len(said.stderr.strip().splitlines()) == 1, f"it is not named: {said.stderr}")
    else:
        tables = [t for t in PROMISED if after is None or before[t] != after[t]]
        c.violation(f"byte {at}: {', '.join(tables)} changed, and nothing says so")


def in_backup(c, store, folder):
    """Every bit of a backup counts."""
    copy = folder + "-copy"
    shutil.copytree(folder, copy)
    try:
        with open(os.path.join(copy, "backup.json"), encoding="utf-8") as file:
            names = [f["name"] for f in json.load(file)["files"]]
        name = c.random.choice(names)
        flip(c, os.path.join(copy, name))
        other = harness.Store("sqlite")
        done = other.run("restore", copy, "--without-key", expect=None)
        c.count("flips_in_backup")
        c.expect(done.returncode == 1 and name in done.stderr, f"a changed bit in {name}: {done.stderr}")
        other.remove()
    finally:
        shutil.rmtree(copy)


def in_log(c, house, folder, looks):
    """A bit of the write-ahead log that a crash left: the commits behind it are not lost in silence."""
    data = os.path.join(house.store.folder, "log")
    shutil.copytree(folder, data)
    path = os.path.join(data, "draht.db")
    try:
        size = os.path.getsize(path + "-wal")
        at = c.random.randrange(32, size * 9 // 10)  # the end looks torn, which is no news
        with open(path + "-wal", "r+b") as file:
            file.seek(at)
            byte = file.read(1)[0]
            file.seek(at)
            file.write(bytes([byte ^ 1 << c.random.randrange(8)]))
        store = harness.Store("sqlite")
        store.data = data
        done = store.run("verify", expect=None)
        c.count("flips_in_log")
        have = int(store.sql("SELECT COUNT(*) FROM message")[0][0])
        noticed = done.returncode != 0 if looks else False
        if have == house.said:
            c.count("log_harmless")
        elif c.expect(noticed, f"byte {at} of the log: {house.said - have} messages are gone, and nothing says so"):
            c.count("log_noticed")
        store.remove()
    finally:
        shutil.rmtree(data)


def crashed(house):
    """The folder as a crash leaves it, and how many messages it holds."""
    folder = os.path.join(house.store.folder, "crashed")
    house.said = int(house.store.sql("SELECT COUNT(*) FROM message")[0][0])
    house.server.kill()
    shutil.copytree(house.store.data, folder)
    house.start()
    return folder


def attack(c, notices, backups=True):
    with frame.House(c, clock="2026-11-02T07:00:00Z") as house:
        talk(c, house)
        folder = os.path.join(house.store.folder, "backup")
        house.store.run("backup", folder)
        log = crashed(house)
        house.server.stop()
        path = os.path.join(house.store.data, "draht.db")
        kept = os.path.join(house.store.folder, "kept.db")
        shutil.copyfile(path, kept)
        for n in range(c.n):
            if backups and n % 6 == 4:
                in_backup(c, house.store, folder)
            elif n % 6 == 5:
                in_log(c, house, log, looks=backups)
            else:
                in_database(c, house.store, kept, path, notices)
        # Eight flips may all hit what nobody promised: on, until one does not.
        while backups and not c.counts.get("noticed") and c.counts["flips_in_database"] < c.n + MORE:
            in_database(c, house.store, kept, path, notices)
        shutil.copyfile(kept, path)


def play(c):
    attack(c, lambda said: said.returncode != 0)
    c.expect(c.counts.get("noticed", 0) > 0, "no flip hit anything that is promised")


def control(c):
    """With the log's chain alone, and no digests of words and files, flips go unnoticed."""
    attack(c, lambda said: said.returncode != 0 and "log of workspace" in said.stderr, backups=False)
    return "only the chain of the log is asked"
