"""mail_watch.py - a mailbox that says itself when a mail came (IDLE).

Draht's clock is virtual and stands still unless a test moves it: what arrives without that was not polled.
The other end is Dovecot, as in mails.py; ReadingBetween (peers/mail_peer.py) stands before it.
"""
from harness import MINUTE, eventually
from mails import OTTO, PAULA, US, Disturbed  # it knows the way to the peers
from mail_peer import MailServer, ReadingBetween
from nodes import Nodes


class Watching(Disturbed):
    stands, port = ReadingBetween, "imap_port"

    def watched(self, yes=True):
        eventually(lambda: self.health()["polling"]["watching"] is yes, 20, f"watching to be {yes}")
        self.between.wait_idle(1 if yes else 0)

    def rested(self):
        """What ended badly rests, the fourth time for 16 minutes. No longer than it must: virtual minutes are over
        before a server has answered, and one that does not answer counts as bad."""
        for _ in range(20):
            self.server.clock(MINUTE)
            if self.health()["polling"]["watching"]:
                break
        self.watched()

    def titles(self):
        return [c["thread"]["title"] for c in self.conversations(self.place)]

    def arrives(self, title):
        """Without the clock."""
        before = self.server.now
        self.peer.send(f"Paula <{PAULA}>", US, "Hallo?", title)
        eventually(lambda: title in self.titles(), 20, f"the mail {title} to be seen")
        self.assertEqual(self.server.now, before)

    def patch(self, **more):
        self.check(self.admin.patch(f"/channels/{self.place['id']}", more), 200)


class Idle(Watching):
    def test_1_a_mail_is_seen_without_the_clock(self):
        self.watched()
        for n in range(3):
            self.arrives(f"Frage {n}")
        self.between.wait_idle(1)
        self.assertEqual(self.health()["polling"]["error"], "")

    def test_2_polls_go_on_and_leave_the_connection_as_it_is(self):
        talk = self.between.wait_idle(1)[0]
        self.poll(10)
        self.assertIs(self.between.wait_idle(1)[0], talk)
        self.arrives("Nach zehn Minuten")

    def test_3_servers_that_were_gone_are_watched_again(self):
        self.peer.kill()
        self.watched(False)
        self.server.clock(3 * MINUTE)
        self.peer.start()
        self.server.clock(30 * MINUTE)
        self.watched()
        self.arrives("Nach dem Neustart")

    def test_4_a_connection_that_went_silent_costs_one_poll_and_is_replaced(self):
        talk = self.between.wait_idle(1)[0]
        self.between.deafen()
        self.peer.send(f"Otto <{OTTO}>", US, "Hört jemand?", "Ungehört")
        self.poll()
        self.assertIn("Ungehört", self.titles())
        eventually(lambda: talk["over"], 20, "the deaf connection to end")
        self.assertIsNot(self.between.wait_idle(1)[0], talk)
        self.arrives("Wieder gehört")

    def test_5_what_does_not_speak_as_it_should_is_left_and_polled(self):
        for words in (b"HTTP/1.1 200 OK\r\n", b"* OK still here\r\n" * 10001, b"* " + b"x" * 9000, b"* BYE\r\n"):
            with self.subTest(words[:20]):
                talk = self.between.wait_idle(1)[0]
                self.between.say(talk, words)
                eventually(lambda talk=talk: talk["over"], 20, "the connection to end")
                self.watched(False)
                self.rested()
        self.arrives("Trotzdem")

    def test_6_news_without_end_do_not_read_without_end(self):
        before = len(self.between.talks)
        talk = self.between.wait_idle(1)[0]
        self.between.say(talk, b"".join(b"* %d EXISTS\r\n" % n for n in range(1000, 9000)))
        eventually(lambda: len(self.between.talks) > before, 20, "the mailbox to be read")
        self.arrives("Mittendrin")
        self.assertLess(len(self.between.talks) - before, 10)

    def test_7_a_channel_that_rests_is_not_watched(self):
        self.patch(mode="none")
        self.watched(False)
        self.patch(mode="dialogue")
        self.watched()
        self.arrives("Nach der Pause")

    def test_8_another_password_begins_anew(self):
        talk = self.between.wait_idle(1)[0]
        self.peer.renew_password("ein anderes")
        self.patch(settings={"password": self.peer.password})
        eventually(lambda: talk["over"], 20, "the old connection to end")
        self.between.wait_idle(1)
        self.arrives("Mit neuem Passwort")

    def test_9_nothing_in_the_mailbox_was_touched(self):
        client = self.peer.client(US)
        client.select("INBOX", readonly=True)
        self.assertEqual(client.search(None, "SEEN")[1][0], b"")
        client.logout()


class NotOffered(Watching):
    """The control, too: without IDLE nothing is seen before the clock moves."""

    @classmethod
    def prepare(cls):
        super().prepare()
        cls.between.hide = True

    def test_a_mailbox_without_idle_is_polled_and_not_asked_for_it(self):
        self.poll()
        before = len(self.between.talks)
        self.peer.send(f"Paula <{PAULA}>", US, "Hallo?", "Später")
        self.check(self.admin.post(f"/channels/{self.place['id']}/verify"), 200)  # a whole talk later
        self.assertEqual(self.titles(), [])
        self.poll()
        self.assertEqual(self.titles(), ["Später"])
        self.assertEqual(self.between.idle(), [])
        self.assertIs(self.health()["polling"]["watching"], False)
        self.assertLessEqual(len(self.between.talks) - before, 4)  # verify, and a poll a minute


class TwoNodes(Nodes):
    count = 2

    @classmethod
    def prepare(cls):
        cls.peer = MailServer(cls.store.folder, [US, PAULA])
        cls.between = ReadingBetween(cls.peer)
        cls.place = cls.channel("Postfach", network="email", settings={
            "address": US, "imap_host": "127.0.0.1", "smtp_host": "127.0.0.1", "imap_port": cls.between.port,
            "smtp_port": cls.peer.ports["smtps"], "authority": cls.peer.authority, "password": cls.peer.password})

    @classmethod
    def tearDownClass(cls):
        if hasattr(cls, "between"):
            cls.between.stop()
            cls.peer.stop()
        super().tearDownClass()

    def holder(self):
        """Which of the nodes that run has the connection, by its own log."""
        def last(node):
            lines = [line for line in node.log(100_000).splitlines() if " event=watch_" in line]
            return bool(lines) and "watch_began" in lines[-1]
        return [node for node in self.nodes if node.process and last(node)]

    def test_two_nodes_hold_one_connection_and_the_other_takes_over(self):
        self.between.wait_idle(1)
        eventually(lambda: len(self.holder()) == 1, 20)
        for n in range(8):  # whichever of them reads
            self.check(self.at(n % 2).patch(f"/channels/{self.place['id']}", {"purpose": f"Zweck {n}"}), 200)
            self.peer.send(f"Paula <{PAULA}>", US, "Hallo?", f"Frage {n}")
            eventually(lambda n=n: f"Frage {n}" in [c["thread"]["title"] for c in self.conversations(self.place)], 20)
            self.between.wait_idle(1)
        holder = eventually(lambda: len(found := self.holder()) == 1 and found, 20)[0]
        other = [node for node in self.nodes if node is not holder][0]
        holder.stop()
        self.between.wait_idle(0)
        self.check(other.client(self.tokens["admin"]).patch(f"/channels/{self.place['id']}", {"purpose": "Ende"}), 200)
        self.between.wait_idle(1)
        eventually(lambda: self.holder() == [other], 20)
        holder.start()

