"""mails.py - mails of real mail servers: read, answered, and seen by who wrote them.

The other end is Dovecot and Exim on loopback (peers/mail_peer.py); without their packages all of this is
skipped. People there use Python's own programs for mail.
"""
import datetime
import os
import sys

from case import DrahtTest
from harness import HERE, MINUTE, eventually, iso

sys.path.insert(0, os.path.join(HERE, "peers"))
from mail_peer import MailServer  # noqa: E402

US, PAULA, OTTO = "hilfe@example.org", "paula@example.com", "otto@example.com"


class Mails(DrahtTest):
    """The mail servers have the machine's clock; Draht's virtual one begins there."""

    people = {"eva": "agent"}
    starttls = False

    @classmethod
    def setUpClass(cls):
        cls.clock = iso(datetime.datetime.now(datetime.timezone.utc))
        super().setUpClass()

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

    def poll(self, minutes=2):
        self.server.clock(minutes * MINUTE)

    def health(self):
        return self.check(self.admin.get(f"/channels/{self.place['id']}/health"), 200).json

    def verify(self):
        return self.check(self.admin.post(f"/channels/{self.place['id']}/verify"), 200)

    def sent(self, case):
        eventually(lambda: self.open(case)["outbox"][-1]["state"] == "sent", 20, "the reply to be sent")

    def directions(self, case):
        return [m["direction"] for m in self.open(case)["messages"]]


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
