"""same_item.py - the same message by file, by HTTP and by mail is the same item in the inbox, but for its badge."""
import json
import os

from case import DrahtTest

TEXT = "Seit Montag geht mein Anschluss nicht, ich bin wirklich sauer. Wann kommt jemand?"
AT = "2026-11-02T06:30:00Z"
OWN = {"id", "case_number", "number", "channel", "channel_id", "permalink"}  # each item has its own


def shape(value):
    """Without ids, and without what names the network: the badge."""
    if isinstance(value, dict):
        return {k: shape(v) for k, v in value.items() if k not in OWN and not k.endswith("_id")}
    return [shape(v) for v in value] if isinstance(value, list) else value


class SameItem(DrahtTest):
    people = {"eva": "agent"}

    @classmethod
    def prepare(cls):
        owner = {"owner_id": cls.accounts["eva"], "deputy_id": cls.accounts["admin"]}
        cls.file = cls.channel("Datei", **owner)
        cls.http = cls.channel("Leitung", **owner)
        cls.mail = cls.channel("Postfach", network="email", **owner, settings={
            "address": "hilfe@example.org", "imap_host": "mail.example.org", "smtp_host": "mail.example.org"})
        item = {"external_id": "m1@example.com", "body": TEXT, "sent_at": AT,
                "author": {"external_id": "paula@example.com", "handle": "paula@example.com", "name": "Paula"},
                "thread": {"external_id": "m1@example.com", "kind": "mail", "title": "Anschluss",
                           "visibility": "private"}}
        path = os.path.join(cls.store.folder, "one.ndjson")
        with open(path, "w", encoding="utf-8") as file:
            file.write(json.dumps(item) + "\n")
        cls.store.run("import", path, "--channel", cls.file["id"], "--open")
        cls.check(cls.signed(cls.http, item), 202)
        path = os.path.join(cls.store.folder, "one.eml")
        with open(path, "w", encoding="utf-8") as file:
            file.write("From: Paula <paula@example.com>\nTo: hilfe@example.org\nMessage-ID: <m1@example.com>\n"
                       f"Subject: Anschluss\nDate: Mon, 02 Nov 2026 06:30:00 +0000\n\n{TEXT}\n")
        cls.store.run("import", path, "--channel", cls.mail["id"], "--open")

    def rows(self):
        return [self.check(self.admin.get(f"/conversations?view=all&channel_id={place['id']}"), 200).json["items"]
                for place in (self.file, self.http, self.mail)]

    def test_the_rows_of_the_inbox_differ_in_their_badge_alone(self):
        rows = self.rows()
        self.assertEqual([len(r) for r in rows], [1, 1, 1])
        by_file, by_http, by_mail = [shape(r[0]) for r in rows]
        self.assertIn("Anschluss", json.dumps(by_file))
        self.assertEqual(by_file, by_http)
        self.assertEqual(by_file, by_mail)

    def test_the_whole_conversation_too(self):
        cases = [shape(self.open(r[0]["id"])) for r in self.rows()]
        self.assertEqual(cases[0]["messages"][0]["body"], TEXT)
        for case in cases:
            case.pop("reply_rules", None)  # what may be answered there is the network's
        self.assertEqual(cases[0], cases[1])
        self.assertEqual(cases[0], cases[2])

    def test_the_badge_says_whence(self):
        badges = [json.dumps(r[0]["channel"]) for r in self.rows()]
        self.assertEqual(len(set(badges)), 3)
        self.assertIn("email", badges[2])

    def look(self, row, **more):
        return self.check(self.eva.post(f"/conversations/{row['id']}/preview",
                                        {"body": "Siehe https://example.org, #Netz", "visibility": "private", **more}), 200).json

    def test_a_reply_is_shown_before_it_leaves_as_its_network_shows_it(self):
        (by_file,), _, (by_mail,) = self.rows()
        plain, mail = self.look(by_file), self.look(by_mail)
        self.assertEqual((mail["from"], mail["to"], mail["subject"]),
                         ("hilfe@example.org", "paula@example.com", "Re: Anschluss"))
        self.assertEqual((plain["from"], plain["to"], plain["subject"], plain["warning"]), ("", "", "", ""))
        self.assertEqual([(p["text"], p["leads"]) for p in plain["parts"]],
                         [("Siehe ", ""), ("https://example.org", "address"), (", ", ""), ("#Netz", "tag")])
        self.assertEqual(plain["parts"], mail["parts"])
        self.assertEqual(self.open(by_mail["id"])["outbox"], [])
        self.problem(self.eva.post(f"/conversations/{by_file['id']}/preview",
                                   {"body": "x", "visibility": "private", "warning": "y"}), 422, "warning")

    def test_on_mastodon_the_name_goes_before_the_words(self):
        place = self.channel("Tröt", network="mastodon", settings={"url": "https://social.example"})
        status = {"me": {"id": "1"}, "thread": {"id": "4"}, "status": {
            "id": "8", "account": {"id": "2", "acct": "fan@social.example"}, "mentions": [{"id": "1"}],
            "visibility": "public", "spoiler_text": "Bahn", "content": "<p>Wann?</p>",
            "created_at": "2026-11-02T06:30:00.000Z"}}
        path = os.path.join(self.store.folder, "status.ndjson")
        with open(path, "w", encoding="utf-8") as file:
            file.write(json.dumps(status) + "\n")
        self.store.run("import", path, "--channel", place["id"], "--open")
        row = self.conversation(place)
        shown = self.look(row, visibility="public")
        self.assertEqual((shown["warning"], [(p["text"], p["leads"]) for p in shown["parts"][:2]]),
                         ("Bahn", [("@fan@social.example", "name"), (" Siehe ", "")]))
        named = self.look(row, visibility="public", body="Hallo @fan@social.example", warning="")
        self.assertEqual((named["warning"], "".join(p["text"] for p in named["parts"])),
                         ("", "Hallo @fan@social.example"))
