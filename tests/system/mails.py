"""mails.py - mails of real mail servers: read, answered, and seen by who wrote them.

The other end is Dovecot and Exim on loopback (peers/mail_peer.py); without their packages all of this is
skipped. People there use Python's own programs for mail.
"""
import base64
import concurrent.futures
import datetime
import pathlib
import re
import zoneinfo

from harness import HERE, MINUTE, eventually, iso
from walk import RealNetwork, Walk  # it knows the way to the peers
from mail_peer import Between, MailServer
from token_peer import TokenServer

US, PAULA, OTTO = "hilfe@example.org", "paula@example.com", "otto@example.com"
EVA = "eva@example.org"


class Mails(RealNetwork):
    starttls = False

    @classmethod
    def settings(cls, **more):
        ports, by = cls.peer.ports, cls.starttls
        return {"address": US, "name": "Hilfe & Rat", "imap_host": "127.0.0.1", "smtp_host": "127.0.0.1",
                "imap_port": ports["imap" if by else "imaps"], "smtp_port": ports["smtp" if by else "smtps"],
                "imap_starttls": by, "smtp_starttls": by, "authority": cls.peer.authority,
                "password": cls.peer.password, **more}

    @classmethod
    def prepare(cls):
        cls.peer = MailServer(cls.store.folder, [US, PAULA, OTTO])
        cls.place = cls.channel("Postfach", network="email", settings=cls.settings())

    @classmethod
    def tearDownClass(cls):
        if hasattr(cls, "peer"):
            cls.peer.stop()
        super().tearDownClass()


class TheWalk(Walk, Mails):
    """A mail that was sent can be neither changed nor taken back."""

    visibility = "private"

    def ask(self, text):
        return self.peer.send(f"Paula Fremd <{PAULA}>", US, text, "W-Lan")

    def answer_to(self, text):
        mails = self.peer.box(PAULA)
        found = [m for m in mails if text in m.get_content()]
        self.assertEqual(len(found), 1)
        self.assertEqual(found[0]["Subject"], "Re: W-Lan")
        self.assertIn(self.asked, found[0]["References"])
        self.assertIn(found[0]["In-Reply-To"], found[0]["References"])
        return found[0]

    def say(self, text, below):
        return self.peer.send(f"Paula Fremd <{PAULA}>", US, text, "Re: W-Lan", In_Reply_To=below["Message-ID"],
                              References=f"{below['References']} {below['Message-ID']}")


class RoundTrip(Mails):
    def test_1_verify_says_what_it_saw(self):
        answer = self.verify()
        self.assertEqual((answer["ok"], answer["message"]), (
            True, f"the mailbox of {US} can be read, 0 mails in it, and mails can be sent"))

    def test_2_a_strangers_mail_becomes_a_conversation_and_she_reads_the_answer(self):
        first = self.peer.send(f"Paula Fremd <{PAULA}>", US, "Die Maschine tropft.\n\nWas tun?\n-- \nPaula\n",
                               "Kaffeemaschine März")
        self.poll()
        case = self.conversation(self.place, "Paula Fremd")
        self.assertEqual((case["thread"]["title"], case["thread"]["kind"]), ("Kaffeemaschine März", "mail"))
        self.assertEqual(case["messages"][0]["body"], "Die Maschine tropft.\n\nWas tun?\n-- \nPaula")
        self.reply(self.eva, case["id"], "Bitte die Dichtung prüfen – größer als gedacht.\n.\nFrom Eva",
                   visibility="private")
        self.sent(case["id"])
        mail = self.peer.wait_box(PAULA, 1)[0]
        self.assertEqual(mail["From"], f"Hilfe & Rat <{US}>")
        self.assertEqual((mail["Subject"], mail["In-Reply-To"]), ("Re: Kaffeemaschine März", first))
        self.assertEqual(mail["References"], first)
        self.assertEqual(mail.get_content().replace("\r", ""),
                         "Bitte die Dichtung prüfen – größer als gedacht.\n.\nFrom Eva\n")
        self.assertEqual([m["Message-ID"] for m in self.peer.box(US, "Sent")], [mail["Message-ID"]])
        self.poll()
        self.assertEqual(self.directions(case["id"]), ["in", "out"])
        self.assertEqual(len(self.conversations(self.place)), 1)

    def test_3_her_answer_joins_the_conversation_also_when_only_in_reply_to_is_left(self):
        mail = self.peer.box(PAULA)[0]
        self.peer.send(f"Paula Fremd <{PAULA}>", US, "Danke, das war es!\n\nAm 28.11.2026 um 10:00 schrieb Hilfe:\n"
                       "> Bitte die Dichtung prüfen", "AW: Kaffeemaschine März", In_Reply_To=mail["Message-ID"])
        self.poll()
        case = self.conversation(self.place, "Paula Fremd")
        self.assertEqual(sorted(self.directions(case["id"])), ["in", "in", "out"])
        self.assertEqual(case["suggestion"], "probably_solved")
        self.assertEqual([m["own"] for m in case["messages"] if m["body"].startswith("Danke")], ["Danke, das war es!"])

    def test_4_what_a_colleague_answers_elsewhere_is_ours(self):
        asked = self.peer.send(f"Otto <{OTTO}>", US, "Wann haben Sie offen?", "Zeiten")
        self.poll()
        client = self.peer.client(US)
        client.append("Sent", "(\\Seen)", None, (
            f"From: Hilfe <{US}>\r\nTo: {OTTO}\r\nSubject: Re: Zeiten\r\nMessage-ID: <other-program@example.org>\r\n"
            f"In-Reply-To: {asked}\r\nReferences: {asked}\r\n\r\nBis acht.\r\n").encode())
        client.logout()
        self.poll()
        case = self.conversation(self.place, "Otto")
        self.assertEqual([(m["direction"], m["body"]) for m in case["messages"]],
                         [("in", "Wann haben Sie offen?"), ("out", "Bis acht.")])

    def test_5_files_travel_both_ways(self):
        self.peer.send(f"Otto <{OTTO}>", US, "Anbei.", "Bild", files=[("Größe ü.bin", bytes(range(256)) * 9)])
        self.poll()
        case = [c for c in self.conversations(self.place) if c["thread"]["title"] == "Bild"][0]
        files = self.open(case["id"])["messages"][0]["attachments"]
        self.assertEqual([(f["name"], f["size"]) for f in files], [("Größe ü.bin", 2304)])

    def test_6_a_picture_leaves_without_what_its_camera_wrote(self):
        plain = pathlib.Path(HERE, "../fuzz/corpus/picture/plain.jpg").resolve().read_bytes()
        exif = b"\xff\xe1\x00\x17Exif\0\0GPS 52.52 13.40"
        told = base64.b64encode(plain[:2] + exif + plain[2:]).decode()
        file = self.check(self.eva.post("/attachments", {"name": "rad.jpg", "mime": "image/x-any", "base64": told}), 201)
        self.assertEqual((file["mime"], file["size"]), ("image/jpeg", len(plain)))
        case = self.conversation(self.place, "Otto", "Bild")["id"]
        before = len(self.peer.box(OTTO))
        self.reply(self.eva, case, "Unser Rad.", visibility="private", attachment_ids=[file["id"]])
        got = list(self.peer.wait_box(OTTO, before + 1)[before].iter_attachments())
        self.assertEqual([(a.get_filename(), a.get_content()) for a in got], [("rad.jpg", plain)])
        damaged = base64.b64encode(b"\xff\xd8" + exif[:9]).decode()
        self.problem(self.eva.post("/attachments", {"name": "rad.jpg", "mime": "image/jpeg", "base64": damaged}), 422)


class StartTls(Mails):
    starttls = True

    def test_a_mailbox_by_starttls_and_a_reply_by_it(self):
        self.assertTrue(self.verify()["ok"])
        self.peer.send(f"Paula <{PAULA}>", US, "Hallo?", "Frage")
        self.poll()
        case = self.conversation(self.place, "Paula")["id"]
        self.reply(self.eva, case, "Ja?", visibility="private")
        self.assertEqual(self.peer.wait_box(PAULA, 1)[0].get_content().strip(), "Ja?")
        self.sent(case)


class Unverified(Mails):
    @classmethod
    def settings(cls, **more):
        return super().settings(authority="", **more)

    def test_a_certificate_that_nobody_vouches_for_is_refused_and_no_password_leaves(self):
        answer = self.verify()
        self.assertFalse(answer["ok"])
        self.assertIn("cannot be trusted", answer["message"])
        with open(self.peer.folder + "/dovecot.log", encoding="utf-8") as log:
            self.assertNotIn("Login:", log.read())


class Threads(Mails):
    """What belongs together, what nobody wrote, and what came back."""

    def case_of(self, title):
        return [self.open(c["id"]) for c in self.conversations(self.place) if c["thread"]["title"] == title][0]

    def answered(self, who, title, text="Antwort"):
        self.poll()
        case = self.case_of(title)
        before = len(self.peer.box(who)) if who in self.peer.people else 0
        self.reply(self.eva, case["id"], text, visibility="private")
        self.sent(case["id"])
        return self.peer.wait_box(who, before + 1)[-1] if who in self.peer.people else None

    def test_an_absence_note_is_kept_and_owes_nothing(self):
        self.peer.send(f"Paula <{PAULA}>", US, "Frage eins", "Urlaub")
        mail = self.answered(PAULA, "Urlaub")
        before = self.case_of("Urlaub")
        self.assertEqual(before["waiting_since_at"], None)
        self.peer.send(f"Paula <{PAULA}>", US, "Ich bin im Urlaub. Warum antwortet keiner?", "Automatische Antwort: Urlaub",
                       In_Reply_To=mail["Message-ID"], Auto_Submitted="auto-replied")
        self.poll()
        after = self.case_of("Urlaub")
        self.assertEqual((after["waiting_since_at"], after["state"]), (None, before["state"]))
        self.assertEqual([m["automatic"] for m in after["messages"] if m["body"].startswith("Ich bin")], [True])

    def test_a_reply_that_comes_back_was_none_and_the_person_waits_again(self):
        gone = "weg@nirgends.example"
        self.peer.send_bytes(gone, US, f"From: Wendy <{gone}>\r\nTo: {US}\r\nSubject: Adresse\r\n"
                             f"Message-ID: <w1@nirgends.example>\r\n\r\nErreicht mich das?\r\n".encode())
        self.answered(gone, "Adresse", "Mal sehen")
        self.peer.wait_box(US, 1)
        eventually(lambda: [m for m in self.peer.box(US) if "delivery-status" in str(m.get_content_type()) or
                            m.get_content_type() == "multipart/report"], 20, "the report")
        self.poll()
        case = self.case_of("Adresse")
        box = case["outbox"][-1]
        self.assertEqual(box["state"], "failed")
        self.assertIn(f"it did not arrive: {gone}", box["reason"])
        self.assertTrue(case["waiting_since_at"])
        self.assertEqual(len([c for c in self.conversations(self.place) if "aemon" in c["person"]["name"]]), 0)

    def test_html_is_read_as_words_and_loads_nothing(self):
        self.peer.send(f"Paula <{PAULA}>", US, "", "Bunt", html="<style>p{}</style><p>Sehr <b>bunt</b></p>"
                       "<img src='https://tracker.example/x.gif'><script>alert(1)</script>")
        self.poll()
        self.assertEqual(self.case_of("Bunt")["messages"][0]["body"], "Sehr bunt")

    def test_html_can_be_shown_as_it_was_sent_and_nothing_in_it_runs_or_loads(self):
        self.peer.send(f"Paula <{PAULA}>", US, "", "Entwurf", html="<div onclick=alert(1)><h1>Sehr geehrte</h1>"
                       "<script>alert(1)</script><img src=https://tracker.example/x.gif alt=Zeichen>"
                       "<a href='https://boese.example/x'>www.gut.example</a><a href=javascript:alert(1)>Klick</a>")
        self.peer.send(f"Paula <{PAULA}>", US, "Nur Worte.", "Worte")
        self.poll()
        looks, words = self.case_of("Entwurf")["messages"][0], self.case_of("Worte")["messages"][0]
        self.assertEqual((looks["original"], words["original"]), (True, False))
        self.check(self.admin.get(f"/messages/{words['id']}/original"), 404)
        shown = self.admin.get(f"/messages/{looks['id']}/original")
        self.assertEqual(shown["html"].replace("\n", ""), "<div><h1>Sehr geehrte</h1>Zeichen<a href=\"https://boese.example/x\" "
                         "target=\"_blank\" rel=\"noopener noreferrer nofollow\">www.gut.example</a> [boese.example]"
                         "<a>Klick</a></div>")
        self.assertEqual((shown["left_out"], shown["cut"]), (1, False))

    def test_what_is_one_too_many_is_named_in_the_language_of_the_house(self):
        self.peer.send(f"Paula <{PAULA}>", US, "Zwölf Bilder", "Bilder",
                       files=[(f"bild-{n}.jpg", b"x" * 2000) for n in range(12)])
        self.peer.send(f"Paula <{PAULA}>", US, "", "")
        self.poll()
        message = self.case_of("Bilder")["messages"][0]
        self.assertEqual(len(message["attachments"]), 10)
        self.assertEqual(message["body"], "Zwölf Bilder\n\n[Nicht hier, aber im Postfach: bild-10.jpg (2 KB), bild-11.jpg (2 KB).]")
        self.assertEqual(self.case_of("")["messages"][0]["body"], "[Eine Mail ohne Text.]")

    def test_who_writes_in_our_name_is_nobodys_concern(self):
        self.peer.send(f"Hilfe <{US}>", US, "Bitte überweisen.", "Eilt")
        self.poll()
        self.assertEqual(self.case_of("Eilt")["waiting_since_at"], None)
        self.assertEqual([m["direction"] for m in self.case_of("Eilt")["messages"]], ["in"])

    def test_the_same_mail_twice_is_one_message(self):
        for _ in range(2):
            self.peer.send(f"Otto <{OTTO}>", US, "Doppelt?", "Doppelt", message_id="<twice@example.com>")
        self.poll()
        self.assertEqual(len(self.case_of("Doppelt")["messages"]), 1)


class History(Mails):
    def take(self, text, *words):
        path = self.store.folder + "/old.mbox"
        with open(path, "w", encoding="utf-8") as file:
            file.write(text)
        return self.store.run("import", path, "--channel", self.place["id"], *words)

    def test_a_file_of_many_mails_and_a_file_of_one_are_taken_in(self):
        many = (f"From paula Mon Nov  2 10:00:00 2026\nFrom: Paula <{PAULA}>\nMessage-ID: <h1@x>\nSubject: Alt\n"
                "Date: Mon, 02 Nov 2026 10:00:00 +0100\n\nErste Frage\n\n>From hier an besser.\n\n"
                f"From us Mon Nov  2 11:00:00 2026\nFrom: Hilfe <{US}>\nMessage-ID: <h2@x>\nIn-Reply-To: <h1@x>\n"
                "References: <h1@x>\nSubject: Re: Alt\nDate: Mon, 02 Nov 2026 11:00:00 +0100\n\nErste Antwort\n")
        self.assertIn("2 accepted, 0 duplicates", self.take(many, "--open").stdout)
        self.assertIn("0 accepted, 2 duplicates", self.take(many, "--open").stdout)
        case = self.conversation(self.place, "Paula")
        self.assertEqual([(m["direction"], m["body"], m["sent_at"][:16]) for m in case["messages"]],
                         [("in", "Erste Frage\n\nFrom hier an besser.", "2026-11-02T09:00"),
                          ("out", "Erste Antwort", "2026-11-02T10:00")])
        self.assertIn("1 accepted", self.take(f"From: <{OTTO}>\nSubject: Eine\n\nNur ich\n").stdout)


class Disturbed(Mails):
    """Something stands before the way out, or before the mailbox: `stands` says what, `port` which setting leads
    there."""

    stands, port = Between, "smtp_port"

    @classmethod
    def prepare(cls):
        cls.peer = MailServer(cls.store.folder, [US, PAULA, OTTO])
        cls.between = cls.stands(cls.peer)
        cls.place = cls.channel("Postfach", network="email", settings=cls.settings(**{cls.port: cls.between.port}))

    @classmethod
    def tearDownClass(cls):
        if hasattr(cls, "between"):
            cls.between.stop()
        super().tearDownClass()


class Faults(Disturbed):
    def titles(self):
        return sorted(c["thread"]["title"] for c in self.conversations(self.place))

    def test_1_an_answer_that_was_lost_leaves_one_mail_and_is_found(self):
        self.peer.send(f"Lotte <{PAULA}>", US, "Verloren?", "Verloren")
        self.poll()
        case = self.conversation(self.place, "Lotte")["id"]
        self.between.faults = ["lost"]
        self.reply(self.eva, case, "Nur einmal, bitte.", visibility="private")
        eventually(lambda: self.open(case)["outbox"][-1]["state"] == "unknown", 20, "the doubt")
        self.peer.wait_box(PAULA, 1)
        self.server.clock(10 * MINUTE)
        self.sent(case)
        self.assertEqual(self.open(case)["outbox"][-1]["how"], "found")
        self.poll()
        self.assertEqual(self.directions(case), ["in", "out"])
        self.assertEqual(len(self.peer.box(PAULA)), 1)
        self.assertEqual(len(self.peer.box(US, "Sent")), 1)

    def test_2_a_mail_that_was_cut_off_was_not_taken_and_leaves_once(self):
        case = self.conversation(self.place, "Lotte")["id"]
        self.between.faults = ["cut"]
        self.reply(self.eva, case, "Und noch eine.", visibility="private")
        eventually(lambda: self.open(case)["outbox"][-1]["state"] == "unknown", 20, "the doubt")
        self.server.clock(15 * MINUTE)
        self.sent(case)
        texts = [m.get_content().strip() for m in self.peer.wait_box(PAULA, 2)]
        self.assertEqual(texts, ["Nur einmal, bitte.", "Und noch eine."])

    def test_2b_a_server_that_says_later_gets_it_later_and_once(self):
        case = self.conversation(self.place, "Lotte")["id"]
        self.between.faults = ["451"]
        self.reply(self.eva, case, "Später, bitte.", visibility="private")
        box = eventually(lambda: [b for b in self.open(case)["outbox"] if b["state"] == "queued" and b["reason"]], 20,
                         "the reply to wait")[0]
        self.assertIn("later, please", box["reason"])
        self.assertEqual(len(self.peer.box(PAULA)), 2)
        self.server.clock(15 * MINUTE)
        self.sent(case)
        self.assertEqual([m.get_content().strip() for m in self.peer.wait_box(PAULA, 3)][2:], ["Später, bitte."])

    def test_3_what_comes_back_before_the_sending_was_confirmed_takes_the_reply_back(self):
        gone = "weg@nirgends.example"
        self.peer.send_bytes(gone, US, f"From: Wendy <{gone}>\r\nTo: {US}\r\nSubject: Adresse\r\n"
                             f"Message-ID: <w1@nirgends.example>\r\n\r\nErreicht mich das?\r\n".encode())
        self.poll()
        case, before = self.conversation(self.place, "Wendy")["id"], len(self.peer.box(US))
        self.between.faults = ["lost"]
        self.reply(self.eva, case, "Mal sehen", visibility="private")
        eventually(lambda: self.open(case)["outbox"][-1]["state"] == "unknown", 20, "the doubt")
        eventually(lambda: [m for m in self.peer.box(US)[before:] if m.get_content_type() == "multipart/report"], 20,
                   "the report")
        self.poll()
        box = self.open(case)["outbox"][-1]
        self.assertEqual(box["state"], "failed")
        self.assertIn(f"it did not arrive: {gone}", box["reason"])
        self.server.clock(30 * MINUTE)
        self.assertEqual(self.open(case)["outbox"][-1]["state"], "failed")
        self.assertTrue(self.open(case)["waiting_since_at"])
        self.assertEqual(len([c for c in self.conversations(self.place) if "aemon" in c["person"]["name"]]), 0)

    def test_4_servers_that_were_gone_are_read_to_the_end_when_they_are_back(self):
        before = self.titles()
        self.peer.kill()
        self.server.clock(3 * MINUTE)
        self.assertTrue(self.health()["polling"]["error"])
        self.peer.start()
        for n in range(12):
            self.peer.send(f"Nach Ausfall <{OTTO}>", US, f"Frage {n}", f"Frage {n}")
        self.server.clock(30 * MINUTE)
        self.assertEqual(self.titles(), sorted(before + [f"Frage {n}" for n in range(12)]))
        self.fetched_late(12)
        self.assertEqual(self.health()["polling"]["error"], "")

    def test_5_a_folder_that_is_counted_anew_loses_and_doubles_nothing(self):
        before = self.titles()
        self.assertEqual(self.health()["polling"]["recounted_at"], None)
        self.peer.kill()
        self.peer.count_anew(US)
        self.peer.start()
        self.peer.send(f"Nach der Zählung <{OTTO}>", US, "Neu?", "Neu")
        self.server.clock(30 * MINUTE)
        self.assertEqual(self.titles(), sorted(before + ["Neu"]))
        self.assertTrue(self.health()["polling"]["recounted_at"])

    def test_what_is_moved_deleted_or_marked_there_stays_as_it_is_here(self):
        before, reported = self.titles(), sum(g["removed"] for g in self.gaps())
        client = self.peer.client(US)
        client.select("INBOX")
        client.store("1:*", "+FLAGS", "(\\Seen \\Answered)")
        client.create("Ablage")
        client.copy("1:3", "Ablage")
        client.store("1:5", "+FLAGS", "(\\Deleted)")
        client.expunge()
        client.store("1:*", "-FLAGS", "(\\Seen)")
        client.logout()
        self.server.clock(30 * MINUTE)
        self.peer.send(f"Danach <{OTTO}>", US, "Noch da?", "Nach dem Aufräumen")
        self.server.clock(2 * MINUTE)
        self.assertEqual(self.titles(), sorted(before + ["Nach dem Aufräumen"]))
        self.assertEqual([m for c in self.conversations(self.place) for m in self.open(c["id"])["messages"]
                          if m["removed_at"] or m.get("standing")], [])
        # Dovecot numbers what changes (QRESYNC): how many left is in a report, once.
        self.assertEqual([g["removed"] for g in self.gaps() if g["removed"]], [5])
        self.assertEqual(reported, 0)

    def test_6_a_password_that_counts_no_more_is_said_in_words_and_nothing_is_lost(self):
        case = self.conversation(self.place, "Lotte")["id"]
        self.peer.renew_password("ein anderes")
        self.peer.send(f"Rieke <{OTTO}>", US, "Hört mich jemand?", "Hört mich jemand?")
        self.poll()
        polling = self.health()["polling"]
        self.assertEqual(polling["trouble"], "credential_refused")
        self.assertIn("enter the password again", polling["error"])
        self.assertEqual((self.verify()["ok"], self.verify()["trouble"]), (False, "credential_refused"))
        self.reply(self.eva, case, "Diese Antwort wartet.", visibility="private")
        self.poll(3)
        self.assertEqual(self.open(case)["outbox"][-1]["state"], "queued")
        self.check(self.admin.patch(f"/channels/{self.place['id']}", {"settings": {"password": self.peer.password}}), 200)
        self.server.clock(30 * MINUTE)
        self.assertIn("Hört mich jemand?", self.titles())
        self.sent(case)
        self.assertEqual([m.get_content().strip() for m in self.peer.box(PAULA)].count("Diese Antwort wartet."), 1)

    def test_7_a_password_goes_to_no_other_server(self):
        self.check(self.admin.patch(f"/channels/{self.place['id']}", {
            "settings": {"smtp_port": self.peer.ports["smtps"]}}), 200)
        answer = self.verify()
        self.assertEqual((answer["ok"], answer["message"]),
                         (False, "the password was given for other servers: enter it again"))

    def test_8_nothing_in_the_mailbox_was_touched(self):
        client = self.peer.client(US)
        client.select("INBOX", readonly=True)
        self.assertEqual(client.search(None, "SEEN")[1][0], b"")
        self.assertEqual(client.search(None, "DELETED")[1][0], b"")
        client.logout()


class Colleagues(Mails):
    """What the house tells its own people: invitations and new passwords go by the connected mailbox."""

    @classmethod
    def prepare(cls):
        cls.peer = MailServer(cls.store.folder, [US, PAULA, OTTO])
        cls.server.stop()
        cls.server.flags = ["--public-url", "https://draht.example.org"]
        cls.server.start()

    def user(self, email):
        return next(u for u in self.admin.all("/users") if u["email"] == email)

    def told(self, email, state):
        eventually(lambda: self.user(email)["notice"]["state"] == state, 20, f"the mail to {email} to be {state}")
        return self.user(email)["notice"]

    def link_in(self, mail):
        return re.search(r"token=(\S+)", mail.get_content()).group(1)

    def forget(self, email, status=202):
        return self.check(self.server.client().post("/forgotten", {"email": email}), status)

    def test_1_without_a_mailbox_the_link_is_handed_over_and_nobody_can_ask_for_one(self):
        answer = self.check(self.admin.post("/users", {"email": OTTO, "name": "Otto Ohne", "role": "agent"}), 201)
        self.assertEqual((answer["mailed"], answer["user"]["notice"]), (False, None))
        self.assertFalse(self.server.client().get("/setup")["can_forget"])
        self.assertEqual(self.forget(OTTO, 409)["code"], "no_mail")

    def test_2_an_invitation_goes_by_mail_and_opens_the_door_once(self):
        type(self).place = self.channel("Postfach", network="email", settings=self.settings())
        answer = self.check(self.admin.post("/users", {
            "email": PAULA, "name": "Paula Größe", "role": "agent", "language": "de"}), 201)
        self.assertTrue(answer["mailed"])
        mail = self.peer.wait_box(PAULA, 1)[0]
        self.assertEqual((mail["To"], mail["Subject"].startswith("Einladung zu "), mail["Auto-Submitted"]),
                         (f"Paula Größe <{PAULA}>", True, "auto-generated"))
        self.assertIn("Hallo Paula Größe,", mail.get_content())
        self.assertEqual(self.told(PAULA, "sent")["kind"], "invitation")
        visitor, link = self.server.client(), "/links/" + self.link_in(mail)
        self.assertEqual(visitor.get(link)["email"], PAULA)
        self.check(visitor.post(link, {"password": "ein langes Passwort"}), 201)
        self.check(visitor.post(link, {"password": "ein anderes Passwort"}), 404)
        self.assertNotIn(self.link_in(mail), str(self.store.sql("SELECT * FROM notice")))

    def test_3_who_forgot_the_password_gets_a_mail_and_nobody_learns_who_is_here(self):
        self.assertTrue(self.server.client().get("/setup")["can_forget"])
        self.server.clock(20 * MINUTE)
        known, unknown = self.forget(PAULA.upper()), self.forget("niemand@example.net")
        self.assertEqual((known.status, known.json), (unknown.status, unknown.json))
        mail = self.peer.wait_box(PAULA, 2)[1]
        self.assertTrue(mail["Subject"].startswith("Neues Passwort für "))
        self.assertIn("https://draht.example.org/link?token=", mail.get_content())
        self.forget(PAULA)
        self.server.clock(MINUTE)
        self.assertEqual(len(self.peer.box(PAULA)), 2)  # not one a minute
        self.check(self.server.client().post("/links/" + self.link_in(mail), {"password": "ein neues Passwort"}), 201)
        self.check(self.server.client().post("/sessions", {"email": PAULA, "password": "ein neues Passwort"}), 201)

    def test_4_a_disabled_account_gets_none(self):
        self.server.clock(20 * MINUTE)
        self.check(self.admin.patch(f"/users/{self.user(PAULA)['id']}", {"disabled": True}), 200)
        self.forget(PAULA)
        self.server.clock(MINUTE)
        self.check(self.admin.patch(f"/users/{self.user(PAULA)['id']}", {"disabled": False}), 200)
        self.assertEqual(len(self.peer.box(PAULA)), 2)

    def test_5_a_server_that_is_gone_is_tried_again_and_an_older_link_is_not_sent_any_more(self):
        self.peer.kill()
        user = self.user(PAULA)
        for _ in range(2):
            self.assertTrue(self.check(self.admin.post(f"/users/{user['id']}/reset"), 201)["mailed"])
            self.server.clock(MINUTE)
        self.assertEqual(self.user(PAULA)["notice"]["state"], "waiting")
        self.peer.start()
        self.server.clock(30 * MINUTE)
        self.told(PAULA, "sent")
        self.assertEqual(len(self.peer.wait_box(PAULA, 3)), 3)

    def test_6_an_address_that_is_none_is_said(self):
        self.admin.post("/users", {"email": "weg@nirgends.example", "name": "Weg", "role": "agent"})
        self.peer.wait_box(US, 1)
        self.poll()
        notice = self.told("weg@nirgends.example", "failed")
        self.assertIn("weg@nirgends.example", notice["reason"])

    def test_7_none_of_it_is_a_conversation(self):
        self.poll()
        self.assertEqual([c["thread"]["title"] for c in self.conversations(self.place)], [])
        self.assertEqual(self.peer.box(US, "Sent"), [])

    def test_8_guessing_many_addresses_costs_time(self):
        answers = [self.server.client().post("/forgotten", {"email": f"wer{n}@example.net"}).status for n in range(40)]
        self.assertEqual((answers[0], answers[-1]), (202, 429))


class Mornings(Mails):
    """Days pass; so that they pass quickly, nobody listens where the mailbox would be read."""

    @classmethod
    def prepare(cls):
        cls.peer = MailServer(cls.store.folder, [US, EVA])
        cls.channel("Postfach", network="email", settings=cls.settings(imap_port=1))
        cls.server.stop()
        cls.server.flags = ["--public-url", "https://draht.example.org"]
        cls.server.start()

    def morning(self, days):
        """To half past seven in Berlin, so many days from today."""
        day = (self.server.now + datetime.timedelta(days=days)).astimezone(zoneinfo.ZoneInfo("Europe/Berlin"))
        self.server.clock(iso(day.replace(hour=7, minute=30, second=0, microsecond=0).astimezone(datetime.timezone.utc)))

    def test_what_waits_comes_by_mail_in_the_morning_of_a_workday_to_who_wants_it(self):
        self.assertEqual(self.check(self.eva.patch("/me", {"digest": True}), 200)["preferences"]["digest"], True)
        self.morning(1)
        while self.server.now.weekday() != 4:
            self.morning(1)
        self.assertEqual(self.peer.box(EVA), [])  # nothing waits: no mail
        shop = self.channel("Laden")
        self.say(shop, "t", "Vera Vertraulich", "Das geht niemanden etwas an.")
        self.morning(1)
        self.morning(1)
        self.assertEqual(self.peer.box(EVA), [])  # Saturday and Sunday
        self.morning(1)
        mail, case = self.peer.wait_box(EVA, 1)[0], self.conversation(shop)["id"]
        self.assertIn("1 überfällig, 0 warten", mail["Subject"])
        text = mail.get_content()
        self.assertIn("- Überfällig: 1 (eigene: 0)", text)
        self.assertIn(f"Stunden: https://draht.example.org/c/{case}", text)
        for secret in ("Vera", "Vertraulich", "geht niemanden"):
            self.assertNotIn(secret, str(mail))
        self.check(self.eva.patch("/me", {"digest": False}), 200)
        self.morning(1)
        self.assertEqual(len(self.peer.box(EVA)), 1)


class Tokens(Mails):
    """OAuth 2: the mail servers are real, the authorisation server is a mock of our own (peers/token_peer.py)."""

    @classmethod
    def prepare(cls):
        cls.issuer = TokenServer(US)
        cls.issuer.thinks = 1
        cls.peer = MailServer(cls.store.folder, [US, PAULA, OTTO], tokens=cls.issuer.url)
        cls.place = cls.channel("Postfach", network="email", settings=cls.settings(
            password="s3cret refresh-1", token_url=cls.issuer.url + "/token", client_id="draht"))

    @classmethod
    def tearDownClass(cls):
        if hasattr(cls, "issuer"):
            cls.issuer.stop()
        super().tearDownClass()

    def test_0_who_needs_a_token_while_one_is_asked_for_waits_for_that(self):
        with concurrent.futures.ThreadPoolExecutor(4) as pool:
            list(pool.map(lambda _: self.verify(), range(4)))
        self.issuer.thinks = 0
        self.assertEqual(self.issuer.given, 1)

    def test_1_one_token_reads_and_sends_while_it_counts_and_then_another_does(self):
        self.assertEqual(self.verify()["message"], f"the mailbox of {US} can be read, 0 mails in it, and mails can be sent")
        self.peer.send(f"Paula <{PAULA}>", US, "Hallo?", "Frage")
        self.poll()
        case = self.conversation(self.place, "Paula")["id"]
        self.reply(self.eva, case, "Ja?", visibility="private")
        self.sent(case)
        self.assertEqual(self.peer.wait_box(PAULA, 1)[0].get_content().strip(), "Ja?")
        self.assertEqual(self.issuer.given, 1)
        first = self.health()["token"]
        self.assertLess(first["renewed_at"], first["until_at"])
        self.poll(65)
        self.assertEqual(self.issuer.given, 2)
        second = self.health()["token"]
        self.assertLess(first["until_at"], second["until_at"])

    def test_2_a_token_that_was_revoked_is_said_in_words_and_nothing_is_lost(self):
        self.issuer.revoke("refresh-2")
        self.peer.send(f"Otto <{OTTO}>", US, "Noch da?", "Noch da?")
        self.poll(3)
        self.poll(3)
        polling = self.health()["polling"]
        self.assertEqual(polling["trouble"], "credential_refused")
        self.assertIn("invalid_grant", polling["error"])
        self.check(self.admin.patch(f"/channels/{self.place['id']}", {
            "settings": {"password": "s3cret refresh-2"}}), 200)
        self.server.clock(30 * MINUTE)
        self.assertIn("Noch da?", [c["thread"]["title"] for c in self.conversations(self.place)])


class Rotated(Mails):
    """Each refresh token counts once: one that comes again ends them all."""

    @classmethod
    def prepare(cls):
        cls.issuer = TokenServer(US)
        cls.issuer.rotates = True
        cls.peer = MailServer(cls.store.folder, [US, PAULA, OTTO], tokens=cls.issuer.url)
        cls.place = cls.channel("Postfach", network="email", settings=cls.settings(
            password="s3cret refresh-1", token_url=cls.issuer.url + "/token", client_id="draht"))

    @classmethod
    def tearDownClass(cls):
        if hasattr(cls, "issuer"):
            cls.issuer.stop()
        super().tearDownClass()

    def failpoints(self, plan):
        if self.server.client().send("POST", "/test/v1/failpoints", {"plan": plan}).status == 404:
            self.skipTest("the program has no failpoints: build it with -Dtest_hooks=true")

    def killed(self, place):
        """At that place, while a token is asked for."""
        given, server = self.issuer.given, self.server
        self.failpoints(f"{place}=kill")
        for _ in range(4):  # the token that is there may count for a while yet
            try:
                self.poll(30)
            except OSError:
                server.now += datetime.timedelta(minutes=30)  # so far it was moved all the same
                break
        eventually(lambda: server.process.poll() is not None, 20, "the program to be killed")
        self.assertEqual(self.issuer.given, given + 1)
        server.kill()
        server.start()

    def works(self, text):
        self.assertTrue(self.verify()["ok"], self.verify()["message"])
        self.peer.send(f"Paula <{PAULA}>", US, text, text)
        self.poll()
        self.reply(self.eva, self.conversation(self.place, "Paula", text)["id"], text, visibility="private")
        self.sent(self.conversation(self.place, "Paula", text)["id"])
        self.assertEqual(self.issuer.reused, 0)

    def test_1_what_comes_instead_of_a_refresh_token_is_used_the_next_time(self):
        self.works("Frage 1")
        self.assertEqual((self.issuer.given, self.issuer.refresh), (1, "rotated-1"))
        for n in (2, 3):
            self.poll(65)
            self.works(f"Frage {n}")
            self.assertEqual(self.issuer.refresh, f"rotated-{n}")

    def test_2_it_is_kept_sealed_in_the_place_of_the_old_one(self):
        rows = self.store.sql("SELECT sealed FROM secret WHERE name = 'password'")
        self.assertEqual(len(rows), 1)
        self.assertNotIn("rotated", str(rows))
        self.server.restart()
        self.works("Nach dem Neustart")
        self.assertEqual(self.issuer.given, 4)

    def test_3_renewing_does_not_end_the_connection_that_waits_for_mails(self):
        eventually(lambda: self.health()["polling"]["watching"], 20, "the mailbox to be watched")
        given, before = self.issuer.given, self.server.log(100000).count("event=watch_began")
        self.poll(65)
        eventually(lambda: self.issuer.given > given, 20, "a new token")
        self.poll(3)
        self.assertEqual(self.server.log(100000).count("event=watch_began"), before)

    def test_4_a_command_beside_the_server_uses_what_is_stored_and_leaves_what_came(self):
        given, self.issuer.thinks = self.issuer.given, 1
        with concurrent.futures.ThreadPoolExecutor(3) as pool:
            list(pool.map(lambda _: self.store.run("channel", "verify", str(self.place["id"]), "--allow-host", "127.0.0.1",
                                                   expect=None), range(3)))
        self.issuer.thinks = 0
        self.assertGreater(self.issuer.given, given)
        self.poll(65)
        self.works("Nach dem Befehl")

    def test_5_killed_after_it_is_stored_and_before_it_is_used_the_new_one_counts(self):
        self.killed("token.kept")
        self.works("Nach dem Absturz")

    def test_6_killed_before_it_is_stored_the_old_one_counts_where_the_server_forgives(self):
        self.issuer.forgiving = True
        self.killed("token.answered")
        self.poll(3)  # so long another process is believed to be at it
        self.works("Nach dem zweiten Absturz")
        self.issuer.forgiving = False

    def test_7_the_control_one_that_comes_twice_ends_all(self):
        self.killed("token.answered")
        self.poll(3)
        self.poll(3)
        self.assertGreater(self.issuer.reused, 0)
        self.assertEqual(self.health()["polling"]["trouble"], "credential_refused")
        self.issuer.revoke("refresh-9")
        self.check(self.admin.patch(f"/channels/{self.place['id']}", {"settings": {"password": "s3cret refresh-9"}}), 200)
        self.issuer.reused = 0
        self.works("Neu angemeldet")
