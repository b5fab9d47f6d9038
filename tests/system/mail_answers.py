"""mail_answers.py - answers of the chat and of the contact form that go on by mail.

The other end of the mails is real (peers/mail_peer.py); the chat's visitor and the writer of the form are our own
clients. People's clocks stand still while mails really travel, so each minute of Draht's clock is moved by hand.
"""
import re

from harness import MINUTE, eventually
from mails import OTTO, PAULA, US, Between, MailServer, Mails
from visitor import Visitor as Browser
from webchat import Visitor

ADDRESS = PAULA


class MailAnswers(Mails):
    @classmethod
    def prepare(cls):
        super().prepare()
        cls.chat = cls.channel("Chat", network="webchat", settings={"title": "Radwerk"})

    def visitor(self, key):
        return Visitor(self, self.chat, (key * 43)[:43])

    def began(self, key, body="Ist das Rad noch da?", address=ADDRESS, language="de"):
        """A talk in which somebody left an address; gives visitor and conversation."""
        visitor = self.visitor(key)
        self.check(visitor.write(body), 201)
        if address:
            self.check(visitor.send("PUT", "/mail", {"address": address, "language": language}), 204)
        case = [c for c in self.conversations(self.chat) if c["excerpt"] == body][0]["id"]
        return visitor, case

    def answer(self, case, body):
        """A reply, shown in the chat; gives its id."""
        sent = self.reply(self.eva, case, body, "private")["message"]["id"]
        eventually(lambda: self.message(sent)["outbox"]["state"] == "sent", 20, "the reply to be shown")
        return sent

    def message(self, message):
        return self.admin.get(f"/messages/{message}").json

    def copy(self, message):
        return self.message(message)["mail"]

    def mailed(self, message):
        eventually(lambda: self.copy(message)["state"] == "sent", 20, "the mail to be sent")

    def texts(self, who):
        return [mail.get_content().replace("\r", "") for mail in self.peer.box(who)]

    def count(self, who, words):
        return sum(words in text for text in self.texts(who))


class ByMail(MailAnswers):
    def test_01_mail_is_offered_where_a_mailbox_can_send(self):
        self.assertTrue(self.visitor("a").show()["mail"])
        visitor, _ = self.began("a", address=None)
        talk = visitor.talk()
        self.assertEqual((talk["mail"], talk["can_mail"]), (None, True))

    def test_02_an_answer_that_nobody_saw_is_one_mail_and_says_why_it_comes(self):
        visitor, case = self.began("b", "Habt ihr Felgen?")
        self.assertEqual(visitor.talk()["mail"], ADDRESS)
        sent = self.answer(case, "Ja, drei Stück.")
        self.assertEqual(visitor.words(), ["Habt ihr Felgen?", "Ja, drei Stück."])
        self.assertEqual(self.copy(sent)["state"], "queued")
        self.server.clock(2 * MINUTE)
        self.assertEqual(self.count(PAULA, "drei Stück"), 0)
        self.server.clock(2 * MINUTE)
        self.mailed(sent)
        mail = self.peer.wait_box(PAULA, 1)[-1]
        self.assertEqual((mail["From"], mail["To"], mail["Subject"]),
                         (f"Hilfe & Rat <{US}>", ADDRESS, "Chat mit Radwerk"))
        self.assertEqual((mail["In-Reply-To"], mail["References"]), (None, None))
        self.assertEqual(mail.get_content().replace("\r", ""),
                         "Ja, drei Stück.\n\n-- \nDiese Adresse wurde im Chat mit Radwerk für Antworten angegeben. "
                         "Wer auf diese Mail antwortet, schreibt im selben Gespräch weiter.\n")
        for secret in ("v:", "out:", visitor.headers["X-Visitor-Key"]):
            self.assertNotIn(secret, "\n".join(str(value) for value in mail.values()))
        self.server.clock(30 * MINUTE)
        self.assertEqual(self.count(PAULA, "drei Stück"), 1)
        self.assertEqual(self.copy(sent)["state"], "sent")
        self.assertEqual(self.directions(case), ["in", "out"], "the copy in the mailbox is no new message")
        self.assertEqual(visitor.words(), ["Habt ihr Felgen?", "Ja, drei Stück."])
        self.assertEqual(self.conversations(self.place), [])

    def test_03_what_was_seen_in_time_is_no_mail(self):
        visitor, case = self.began("c", "Und Speichen?")
        sent = self.answer(case, "Speichen auch.")
        self.check(visitor.send("POST", "/seen", {"message_id": sent}), 204)
        self.server.clock(10 * MINUTE)
        eventually(lambda: self.copy(sent)["state"] == "cancelled", 20, "the mail to be spared")
        self.assertEqual(self.copy(sent)["how"], "seen")
        self.assertEqual(self.message(sent)["outbox"]["state"], "sent")
        self.assertEqual(self.count(PAULA, "Speichen auch"), 0)
        self.assertEqual(visitor.words(), ["Und Speichen?", "Speichen auch."])

    def test_04_her_answer_by_mail_joins_the_talk_and_is_hers_in_the_chat(self):
        case = [c for c in self.conversations(self.chat) if c["thread"]["title"] and "drei" in c["excerpt"]
                or c["excerpt"] == "Habt ihr Felgen?"][0]["id"]
        mail = [m for m in self.peer.box(PAULA) if "drei Stück" in m.get_content()][0]
        self.peer.send(f"Paula Fremd <{PAULA}>", US, "Dann nehme ich zwei.\n\nAm 1.1. schrieb Hilfe:\n> Ja, drei Stück.",
                       "AW: Chat mit Radwerk", In_Reply_To=mail["Message-ID"])
        self.poll()
        after = self.open(case)
        self.assertEqual(sorted(self.directions(case)), ["in", "in", "out"])
        self.assertEqual(self.conversations(self.place), [])
        self.assertTrue(after["waiting_since_at"])
        said = self.visitor("b").talk()["items"][0]
        self.assertEqual((said["from"], said["client_id"], said["body"]), ("visitor", None, "Dann nehme ich zwei."))
        self.assertTrue(said["by_mail"])
        profiles = {p["handle"] for p in self.check(self.admin.get(f"/persons/{after['person']['id']}"), 200)["profiles"]}
        self.assertIn(ADDRESS, profiles)
        sent = self.answer(case, "Liegen bereit.")
        self.server.clock(4 * MINUTE)
        self.mailed(sent)
        again = [m for m in self.peer.wait_box(PAULA, 2) if "Liegen bereit" in m.get_content()][0]
        hers = [m["external_id"] for m in self.open(case)["messages"] if m["body"].startswith("Dann nehme")][0]
        self.assertEqual(again["In-Reply-To"], f"<{hers}>")
        self.peer.send(f"Paula Fremd <{PAULA}>", US, "Ich komme um vier.", "Re: Chat", In_Reply_To=f"<{hers}>")
        self.poll()
        self.assertEqual(self.directions(case).count("in"), 3)

    def test_05_a_stranger_who_quotes_the_mail_starts_a_talk_of_his_own(self):
        mail = [m for m in self.peer.box(PAULA) if "drei Stück" in m.get_content()][0]
        before = self.visitor("b").words()
        self.peer.send(f"Otto <{OTTO}>", US, "Was hat sie denn bestellt?", "Re: Chat mit Radwerk",
                       In_Reply_To=mail["Message-ID"], References=mail["Message-ID"])
        self.poll()
        case = self.conversation(self.place, "Otto")
        self.assertEqual([m["body"] for m in case["messages"]], ["Was hat sie denn bestellt?"])
        self.assertEqual(self.visitor("b").words(), before)

    def test_06_an_absence_note_is_not_shown_as_if_the_visitor_had_said_it(self):
        visitor, case = self.began("d", "Öffnungszeiten?")
        sent = self.answer(case, "Bis acht.")
        self.server.clock(4 * MINUTE)
        self.mailed(sent)
        mail = [m for m in self.peer.wait_box(PAULA, 1) if "Bis acht." in m.get_content()][0]
        self.peer.send(f"Paula <{PAULA}>", US, "Ich bin im Urlaub.", "Abwesend", In_Reply_To=mail["Message-ID"],
                       Auto_Submitted="auto-replied")
        self.poll()
        self.assertEqual(visitor.words(), ["Öffnungszeiten?", "Bis acht."])
        self.assertIsNone(self.open(case)["waiting_since_at"])

    def test_07_a_withdrawn_address_gets_nothing_and_is_nowhere(self):
        visitor, case = self.began("e", "Und Ventile?", "weg@example.com")
        sent = self.answer(case, "Ventile auch.")
        self.check(visitor.send("DELETE", "/mail"), 204)
        self.assertIsNone(visitor.talk()["mail"])
        self.server.clock(10 * MINUTE)
        eventually(lambda: self.copy(sent)["state"] == "cancelled", 20, "the mail to be spared")
        self.assertEqual(self.copy(sent)["how"], "withdrawn")
        self.assertNotIn("weg@example.com", self.admin.get(f"/conversations/{case}").body.decode())
        self.assertEqual(self.store.sql("SELECT seq FROM event WHERE payload LIKE '%weg@example.com%'"), [])
        self.assertEqual(self.store.sql("SELECT thread_id FROM mail_wish WHERE address = 'weg@example.com'"), [])
        self.check(visitor.send("DELETE", "/mail"), 204)

    def test_08_a_mail_that_comes_back_makes_the_person_wait_again(self):
        visitor, case = self.began("f", "Erreicht mich das?", "weg@nirgends.example", "en")
        sent = self.answer(case, "Mal sehen.")
        self.server.clock(4 * MINUTE)
        eventually(lambda: [m for m in self.peer.box(US) if m.get_content_type() == "multipart/report"], 20, "the report")
        eventually(lambda: self.poll() or self.copy(sent)["state"] == "failed", 20, "the report to be read")
        self.assertIn("it did not arrive: weg@nirgends.example", self.copy(sent)["reason"])
        self.assertEqual(self.message(sent)["outbox"]["state"], "sent", "it still stands in the chat")
        self.assertTrue(self.open(case)["waiting_since_at"])
        self.assertEqual(visitor.words(), ["Erreicht mich das?", "Mal sehen."])

    def test_09_only_who_talks_there_leaves_an_address_and_only_a_sound_one(self):
        visitor, _ = self.began("g", "Grenzen?")
        local = "x" * 64
        for address in ("", "a", "@b.de", "a@", "a@b@c.de", "a b@c.de", "a@c.de\r\nBcc: x@y.de", "<a@b.de>",
                        local + "@" + "d" * (254 - 64) + ".de"):
            self.problem(visitor.send("PUT", "/mail", {"address": address, "language": "de"}), 422, "address")
        longest = local + "@" + "d" * (254 - 64 - 1 - 3) + ".de"
        self.assertEqual(len(longest), 254)
        self.check(visitor.send("PUT", "/mail", {"address": longest, "language": "de"}), 204)
        self.check(visitor.send("PUT", "/mail", {"address": " neu@example.com ", "language": "en"}), 204)
        self.assertEqual(visitor.talk()["mail"], "neu@example.com")
        self.problem(visitor.send("PUT", "/mail", {"address": "a@b.de", "language": "fr"}), 422, "language")
        self.problem(self.visitor("z").send("PUT", "/mail", {"address": ADDRESS, "language": "de"}), 404)
        self.problem(self.visitor("z").send("DELETE", "/mail"), 404)
        nobody = self.visitor("z")
        nobody.headers = {}
        self.problem(nobody.send("PUT", "/mail", {"address": ADDRESS, "language": "de"}), 401)

    def test_10_too_many_changes_of_an_address_are_refused(self):
        visitor, _ = self.began("h", "Wie oft?", None)
        answers = [visitor.send("PUT", "/mail", {"address": f"n{n}@example.com", "language": "de"}).status
                   for n in range(21)]
        self.assertEqual((set(answers[:20]), answers[20]), ({204}, 429))

    def test_11_the_agent_sees_where_it_goes_and_no_page_of_ours_does(self):
        _, case = self.began("i", "Wohin?", "kanarie@example.com")
        wish = self.open(case)["mail_wish"]
        self.assertEqual((wish["address"], wish["unseen_ms"], wish["channel_id"]),
                         ("kanarie@example.com", 3 * MINUTE * 1000, self.place["id"]))
        for path in ("", "/messages"):
            self.assertNotIn("kanarie", self.visitor("a").send("GET", path).body.decode())

    def test_12_without_a_mailbox_nothing_is_offered_and_nothing_promised(self):
        self.check(self.admin.patch(f"/channels/{self.place['id']}", {"mode": "listen"}), 200)
        visitor, case = self.began("j", "Ohne Post?", None)
        self.assertFalse(visitor.show()["mail"])
        self.problem(visitor.send("PUT", "/mail", {"address": ADDRESS, "language": "de"}), 409)
        earlier = self.visitor("g")
        talk = earlier.talk()
        self.assertEqual((talk["mail"], talk["can_mail"]), ("neu@example.com", False))
        sent = self.answer(case, "Nur hier.")
        self.assertIsNone(self.copy(sent))


class FaultsByMail(MailAnswers):
    @classmethod
    def prepare(cls):
        cls.peer = MailServer(cls.store.folder, [US, PAULA, OTTO])
        cls.between = Between(cls.peer)
        cls.place = cls.channel("Postfach", network="email", settings=cls.settings(smtp_port=cls.between.port))
        cls.chat = cls.channel("Chat", network="webchat", settings={"title": "Radwerk"})

    @classmethod
    def tearDownClass(cls):
        if hasattr(cls, "between"):
            cls.between.stop()
        super().tearDownClass()

    def test_1_a_lost_answer_of_the_server_leaves_one_mail_and_holds_up_no_chat(self):
        visitor, case = self.began("a", "Einmal nur?")
        sent = self.answer(case, "Genau einmal.")
        self.between.faults = ["lost"]
        self.server.clock(4 * MINUTE)
        eventually(lambda: self.copy(sent)["state"] == "unknown", 20, "the doubt")
        self.peer.wait_box(PAULA, 1)
        self.answer(case, "Und das gleich danach.")
        self.assertEqual(visitor.words()[-1], "Und das gleich danach.")
        self.server.clock(10 * MINUTE)
        self.mailed(sent)
        self.server.clock(30 * MINUTE)
        self.assertEqual(self.count(PAULA, "Genau einmal."), 1)
        self.assertEqual(self.directions(case), ["in", "out", "out"])

    def test_2_while_the_mail_server_is_gone_the_answer_waits_and_goes_to_a_corrected_address(self):
        visitor, case = self.began("b", "Falsch getippt?", "verschrieben@example.com")
        self.peer.kill()
        sent = self.answer(case, "Kommt an.")
        self.server.clock(4 * MINUTE)
        eventually(lambda: self.copy(sent)["attempts"] > 0, 20, "a try")
        self.assertEqual(self.copy(sent)["state"], "queued")
        self.check(visitor.send("PUT", "/mail", {"address": ADDRESS, "language": "de"}), 204)
        self.peer.start()
        self.server.clock(60 * MINUTE)
        self.mailed(sent)
        self.assertEqual(self.count(PAULA, "Kommt an."), 1)
        self.assertEqual([m["To"] for m in self.peer.box(US, "Sent") if "Kommt an." in m.get_content()],
                         [ADDRESS])

    def test_3_a_plug_pulled_between_chat_and_mail_leaves_one_mail(self):
        visitor, case = self.began("c", "Strom weg?")
        sent = self.answer(case, "Trotzdem da.")
        self.server.kill()
        self.server.start()
        self.server.clock(4 * MINUTE)
        self.mailed(sent)
        self.server.clock(30 * MINUTE)
        self.assertEqual(self.count(PAULA, "Trotzdem da."), 1)
        self.assertEqual(visitor.words(), ["Strom weg?", "Trotzdem da."])


IMPRINT = "Radwerk\nAda Beispiel\nMarkt 1, 12345 Musterstadt"


class FormByMail(MailAnswers):
    @classmethod
    def prepare(cls):
        super().prepare()
        cls.check(cls.admin.patch("/public-pages", {"imprint": IMPRINT, "privacy": "Nichts."}), 200)
        cls.desk = cls.channel("Formular", network="form")

    def write(self, **values):
        browser = Browser(self.server.address)
        page = browser.get(f"/contact/{self.desk['id']}")
        self.server.clock(5)
        return page, browser.submit(page, **values)

    def test_1_who_leaves_an_address_gets_the_answer_by_mail_at_once_and_on_the_status_page(self):
        page, done = self.write(text="Wo ist meine Ware?", name="Paula", email=ADDRESS)
        self.assertIn("Die Antwort kommt per E-Mail an diese Adresse", page.text)
        self.assertIn("Die Antwort kommt außerdem per E-Mail.", done.text)
        self.assertNotIn(ADDRESS, done.html)
        number = re.search(r"Fallnummer (\d+)", done.text).group(1)
        case = self.check(self.eva.get(f"/cases/{number}"), 200)["conversation_id"]
        sent = self.answer(case, "Sie ist unterwegs.")
        self.mailed(sent)
        mail = self.peer.wait_box(PAULA, 1)[-1]
        self.assertEqual(mail["Subject"], "Nachricht an Formular")
        self.assertTrue(mail.get_content().startswith("Sie ist unterwegs."))
        self.assertIn("Sie ist unterwegs.", self.status(done).text)
        self.peer.send(f"Paula <{PAULA}>", US, "Danke, gesehen. Wann genau?", "Re: Nachricht", In_Reply_To=mail["Message-ID"])
        self.poll()
        self.assertEqual(sorted(self.directions(case)), ["in", "in", "out"])
        self.assertNotIn(ADDRESS, self.status(done).html)

    def status(self, done):
        return Browser(self.server.address).get([a for a in done.shape.links if a.startswith("/s/")][0])

    def test_2_without_an_address_the_answer_stands_on_the_status_page_alone(self):
        _, done = self.write(text="Ohne Adresse", name="Otto")
        self.assertNotIn("per E-Mail", done.text)
        number = re.search(r"Fallnummer (\d+)", done.text).group(1)
        case = self.check(self.eva.get(f"/cases/{number}"), 200)["conversation_id"]
        sent = self.answer(case, "Steht hier.")
        self.assertIsNone(self.copy(sent))
        self.assertIn("Steht hier.", self.status(done).text)
