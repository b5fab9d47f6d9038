"""wordpress.py - comments of a real WordPress: read, answered, and seen by its visitors.

The other end is WordPress itself on loopback (peers/wordpress_peer.py); without its packages
all of this is skipped. Its visitors use its pages, and what they see is read from there.
"""
import datetime

from harness import MINUTE, eventually
from walk import RealNetwork, Walk  # it knows the way to the peers
from between import Between
from wordpress_peer import WordPress

COFFEE = "Neue Kaffeemaschine"


class Comments(RealNetwork):
    @classmethod
    def prepare(cls):
        cls.site = WordPress(cls.store.folder)
        cls.place = cls.channel("Blog", network="wordpress", settings={
            "url": cls.site.url, "user": "redaktion", "application_password": cls.site.password})
        cls.catch_up()

    @classmethod
    def tearDownClass(cls):
        if hasattr(cls, "site"):
            cls.site.stop()
        super().tearDownClass()


class TheWalk(Walk, Comments):
    """Visitors see the page; it is the site's editors who change and delete there."""

    def ask(self, text):
        return self.say(text, None)

    def answer_to(self, text):
        self.assertEqual(self.site.page().count(text), 1)
        found = [c for c in self.site.api("comments?per_page=100").json() if text in c["content"]["rendered"]]
        above = found[0]["parent"]
        while above != self.asked:
            self.assertTrue(above, "it does not stand below what was asked")
            above = self.site.api(f"comments/{above}").json()["parent"]
        return found[0]["id"]

    def say(self, text, below):
        said = self.site.comment("Paula Fremd", text, parent=below or 0)
        self.site.change(said, status="approved")
        return said

    def edit(self, said, text):
        self.site.change(said, content=text)

    def take_back(self, said):
        self.site.change(said, status="trash")


class RoundTrip(Comments):
    def test_1_verify_says_who_we_are_there(self):
        answer = self.check(self.admin.post(f"/channels/{self.place['id']}/verify"), 200)
        self.assertEqual((answer["ok"], answer["message"]),
                         (True, "WordPress answers: redaktion can read and answer 0 comments"))

    def test_2_the_application_password_is_shown_nowhere(self):
        shown = self.admin.get(f"/channels/{self.place['id']}")
        self.assertTrue(shown["credential_given"])
        self.assertNotIn(self.site.password, shown.body.decode())
        for row in self.store.sql("SELECT settings FROM channel"):
            self.assertNotIn(self.site.password, row[0])

    def test_3_a_strangers_comment_becomes_a_conversation_and_the_answer_stands_on_the_page(self):
        first = self.site.comment("Paula Fremd", "Das ist <b>laut</b> & bitter.\n\nWas nun? <3")
        self.poll()
        case = self.conversation(self.place, "Paula Fremd")
        self.assertEqual(case["thread"]["title"], COFFEE)
        self.assertEqual(case["messages"][0]["body"], "Das ist laut & bitter.\n\nWas nun? <3")
        self.assertIn(f"{self.site.url}/", case["thread"]["url"])
        self.site.change(first, status="approved")
        self.reply(self.eva, case["id"], "Mahlen Sie gröber & länger <br>.\n\nEva aus der Werkstatt")
        self.sent(case["id"])
        page = self.site.page()
        self.assertIn("<p>Mahlen Sie gröber & länger <br>.</p>", page)
        answers = self.site.api(f"comments?parent={first}").json()
        self.assertEqual([a["author_name"] for a in answers], ["redaktion"])
        self.poll()
        again = self.open(case["id"])
        self.assertEqual([m["direction"] for m in again["messages"]], ["in", "out"])
        self.assertEqual(len(self.conversations(self.place)), 1)


class Changes(Comments):
    """What happens to a comment on the site is seen here, and nothing of it is lost."""

    def message_of(self, comment):
        found = [m for c in self.conversations(self.place) for m in self.open(c["id"])["messages"]
                 if m["external_id"] == str(comment)]
        self.assertEqual(len(found), 1, f"comment {comment} is here {len(found)} times")
        return found[0]

    def test_an_edit_is_a_version_and_so_is_taking_it_back(self):
        comment = self.site.comment("Edith", "Erste Fassung")
        self.poll()
        self.assertEqual(self.message_of(comment)["version"], 1)
        for text in ("Zweite Fassung", "Erste Fassung"):
            self.site.change(comment, content=text)
            self.poll()
        self.assertEqual(self.versions(self.message_of(comment)),
                         ["Erste Fassung", "Zweite Fassung", "Erste Fassung"])
        self.poll(5)
        self.assertEqual(self.message_of(comment)["version"], 3)

    def test_held_approved_and_spam_there_are_so_here(self):
        comment = self.site.comment("Holger", "Warte auf Freigabe")
        for status, state, standing in (("hold", "held", "held"), ("approved", "released", ""),
                                        ("spam", "hidden", "spam"), ("approved", "released", "")):
            self.site.change(comment, status=status)
            self.poll()
            message = self.message_of(comment)
            self.assertEqual((message["moderation"]["state"], message["standing"]), (state, standing))
            self.assertIsNone(message["moderation"]["decided_by"])

    def test_spam_is_nobodys_concern_until_the_site_says_that_it_is_none(self):
        comment = self.site.comment("Sandra", "Bin kein Roboter")
        self.site.change(comment, status="spam")
        self.poll()
        self.assertNotIn("Sandra", [c["person"]["name"] for c in self.conversations(self.place)])
        self.site.change(comment, status="approved")
        self.poll()
        self.assertEqual(self.conversation(self.place, "Sandra")["state"], "new")

    def test_what_is_thrown_away_there_stays_here_and_may_come_back(self):
        comment = self.site.comment("Thea", "Unbequem")
        self.poll()
        self.site.change(comment, status="trash")
        self.poll()
        message = self.message_of(comment)
        self.assertEqual((message["standing"], message["body"]), ("gone", "Unbequem"))
        self.assertTrue(message["removed_at"])
        self.site.change(comment, status="hold")
        self.poll()
        self.assertEqual((self.message_of(comment)["standing"], self.message_of(comment)["removed_at"]),
                         ("held", None))

    def test_what_is_deleted_there_for_good_is_noticed_kept_and_counted(self):
        comment, other = self.site.comment("Gerd", "Gleich weg"), self.site.comment("Bert", "Bleibt")
        # Written so long ago that it is listed for sure if it is there.
        self.site.age(comment, 10)
        self.site.age(other, 10)
        self.poll()
        self.assertEqual(self.message_of(comment)["standing"], "held")
        before = len([m for m in (comment, other) if self.message_of(m)["removed_at"]])
        self.site.delete(comment)
        self.poll()
        message = self.message_of(comment)
        self.assertEqual((message["standing"], message["body"]), ("gone", "Gleich weg"))
        self.assertEqual((before, self.message_of(other)["removed_at"]), (0, None))
        removed = [g for g in self.admin.all(f"/channels/{self.place['id']}/gaps") if g["removed"]]
        self.assertEqual(sum(g["removed"] for g in removed), 1)
        kinds = [e["kind"] for e in self.admin.all("/audit")]
        self.assertIn("message.removed_there", kinds)


class Faults(Comments):
    @classmethod
    def prepare(cls):
        cls.site = WordPress(cls.store.folder)
        cls.between = Between(cls.site.url)
        cls.place = cls.channel("Blog", network="wordpress", settings={
            "url": cls.between.url, "user": "redaktion", "application_password": cls.site.password})

    @classmethod
    def tearDownClass(cls):
        if hasattr(cls, "between"):
            cls.between.stop()
        super().tearDownClass()

    def names(self):
        return sorted(c["person"]["name"] for c in self.conversations(self.place))

    def test_1_an_answer_that_was_lost_leaves_one_comment_and_is_found(self):
        self.site.change(self.site.comment("Lotte", "Verloren?"), status="approved")
        self.poll()
        case = self.conversation(self.place, "Lotte")["id"]
        self.between.faults = ["lost"]
        self.reply(self.eva, case, "Nur einmal, bitte.")
        eventually(lambda: self.open(case)["outbox"][-1]["state"] == "unknown", 20, "the doubt")
        self.server.clock(3 * MINUTE)
        self.sent(case)
        self.poll()
        self.assertEqual([m["direction"] for m in self.open(case)["messages"]], ["in", "out"])
        self.assertEqual(self.site.page().count("Nur einmal, bitte."), 1)

    def test_2_the_same_words_again_are_refused_there_and_that_is_said(self):
        case = self.conversation(self.place, "Lotte")["id"]
        self.reply(self.eva, case, "Nur einmal, bitte.")
        failed = eventually(lambda: [o for o in self.open(case)["outbox"] if o["state"] == "failed"],
                            20, "the refusal")
        self.assertIn("only once", failed[0]["reason"])

    def test_3_a_429_is_obeyed(self):
        self.between.methods, self.between.faults = ("GET",), ["429"]
        self.poll()
        asked = len(self.between.asked)
        self.server.clock(8 * MINUTE)
        self.assertEqual(len(self.between.asked), asked, "it asked although it was told to wait")
        self.assertTrue(self.health()["sending"]["next_try_at"])
        self.server.clock(5 * MINUTE)
        self.assertGreater(len(self.between.asked), asked)

    def test_3b_a_429_to_a_reply_is_obeyed_and_leaves_one_comment(self):
        case = self.conversation(self.place, "Lotte")["id"]
        self.a_reply_obeys(case, "429", lambda: self.site.page().count("Später, bitte."))

    def test_4_a_site_that_was_gone_is_read_to_the_end_when_it_is_back(self):
        before = self.names()
        self.site.kill()
        self.server.clock(3 * MINUTE)
        self.assertTrue(self.health()["polling"]["error"])
        self.server.stop()  # we were away, too: for three days
        new = [f"Nach Ausfall {n:03d}" for n in range(103)]
        self.site.many(new)
        self.site.start()
        self.server.now += datetime.timedelta(days=3)
        self.server.start()
        self.poll(30)
        self.assertEqual(self.names(), sorted(before + new))
        self.assertEqual(self.health()["polling"]["error"], "")
        self.fetched_late(len(new))

    def test_5_a_revoked_password_is_said_in_words_and_nothing_is_lost(self):
        case = self.conversation(self.place, "Lotte")["id"]
        old = self.site.renew_password()
        self.site.comment("Rieke", "Hört mich jemand?")
        self.poll()
        polling = self.health()["polling"]
        self.assertEqual(polling["trouble"], "credential_refused")
        self.assertIn("make a new application password", polling["error"])
        answer = self.check(self.admin.post(f"/channels/{self.place['id']}/verify"), 200)
        self.assertEqual((answer["ok"], answer["trouble"]), (False, "credential_refused"))
        self.reply(self.eva, case, "Diese Antwort wartet.")
        self.poll(3)
        self.assertEqual(self.open(case)["outbox"][-1]["state"], "queued")
        self.assertNotEqual(old, self.site.password)
        self.check(self.admin.patch(f"/channels/{self.place['id']}", {
            "settings": {"application_password": self.site.password}}), 200)
        self.server.clock(30 * MINUTE)
        self.assertIn("Rieke", self.names())
        self.sent(case)
        self.assertEqual(self.site.page().count("Diese Antwort wartet."), 1)

    def test_6_a_password_goes_to_no_other_address(self):
        self.check(self.admin.patch(f"/channels/{self.place['id']}", {
            "settings": {"url": self.site.url}}), 200)
        answer = self.check(self.admin.post(f"/channels/{self.place['id']}/verify"), 200)
        self.assertEqual((answer["ok"], answer["message"]),
                         (False, "what proves who we are was given for another address"))


class Moderation(Comments):
    """Hidden is what a person decided, for one of four reasons; the words stay on both sides."""

    people = {"eva": "agent", "lea": "legal"}

    def status(self, comment):
        return self.site.api(f"comments/{comment}?context=edit").json()["status"]

    def found(self, comment):
        self.poll()
        return next(m for c in self.conversations(self.place) for m in self.open(c["id"])["messages"]
                    if m["external_id"] == str(comment))

    def act(self, message, statuses=(200,), **fields):
        return self.check(self.lea.post(f"/messages/{message['id']}/moderation", fields), *statuses)

    def test_1_releasing_here_shows_it_there(self):
        comment = self.site.comment("Frieda", "Darf ich rein?")
        message = self.found(comment)
        self.assertNotIn("Darf ich rein?", self.site.page())
        self.act(message, action="release")
        eventually(lambda: self.status(comment) == "approved", 20, "the release")
        self.assertIn("Darf ich rein?", self.site.page())
        self.poll()
        again = self.found(comment)
        self.assertEqual((again["standing"], again["moderation"]["state"]), ("", "released"))
        self.assertEqual(again["moderation"]["decided_by"]["name"], "Lea")

    def test_2_hiding_needs_one_of_four_reasons_and_every_other_is_refused_and_on_record(self):
        comment = self.site.comment("Kritische Karla", "Eure Maschine tropft")
        self.site.change(comment, status="approved")
        message = self.found(comment)
        for reason in ("", "image", "unwelcome", "off_topic", "other"):
            refused = self.act(message, (422,), action="hide", reason=reason)
            self.assertEqual(refused["errors"][0]["code"], "no_reason_to_hide")
            self.assertIn("answered or left", refused["errors"][0]["message"])
        self.assertEqual(self.status(comment), "approved")
        kinds = [e["kind"] for e in self.admin.all("/audit")]
        self.assertEqual(kinds.count("message.hiding_refused"), 5)

    def test_3_what_is_hidden_is_held_there_and_comes_back(self):
        comment = self.site.comment("Ilse", "Du Idiot")
        self.site.change(comment, status="approved")
        message = self.found(comment)
        for reason, status in (("insult", "hold"), ("spam", "spam")):
            self.act(message, action="hide", reason=reason)
            eventually(lambda: self.status(comment) == status, 20, "the hiding")
            self.assertNotIn("Du Idiot", self.site.page())
            self.poll(5)
            here = self.found(comment)
            self.assertEqual((here["body"], here["moderation"]["reason"]), ("Du Idiot", reason))
            self.assertEqual(here["moderation"]["decided_by"]["name"], "Lea")
            self.act(message, action="unhide")
            eventually(lambda: self.status(comment) == "approved", 20, "the way back")
            self.assertIn("Du Idiot", self.site.page())
            self.poll()

    def test_4_a_decision_waits_for_a_site_that_is_gone(self):
        comment = self.site.comment("Wanda", "Meine Nummer ist 0171 2345678")
        self.site.change(comment, status="approved")
        message = self.found(comment)
        self.site.kill()
        self.act(message, action="hide", reason="personal_data")
        self.server.clock(2 * MINUTE)
        self.assertEqual(self.open(message["conversation_id"])["messages"][0]["standing"], "")
        self.site.start()
        self.server.clock(30 * MINUTE)
        self.assertEqual(self.status(comment), "hold")
        self.assertEqual(self.found(comment)["standing"], "held")

    def test_5_who_may_not_release_may_not_hide(self):
        comment = self.site.comment("Nora", "Hallo")
        message = self.found(comment)
        self.check(self.eva.post(f"/messages/{message['id']}/moderation",
                                 {"action": "hide", "reason": "spam"}), 403)


class Feed(Comments):
    """WordPress's own feed of its comments, as an independent maker of RSS."""

    @classmethod
    def prepare(cls):
        cls.site = WordPress(cls.store.folder)
        cls.place = cls.channel("Feed", network="feed", mode="listen",
                                settings={"url": cls.site.url + "/?feed=comments-rss2"})

    def test_released_comments_are_mentions(self):
        comment = self.site.comment("Gast & Söhne", "Schöne <b>Maschine</b> & so <3")
        self.site.change(comment, status="approved")
        self.poll(20)  # the feed was read, empty, when it was connected
        mentions = self.admin.all("/conversations", view="third_parties")
        self.assertEqual([(m["author"]["name"], m["body"]) for m in mentions],
                         [("Gast & Söhne", "Schöne Maschine & so <3")])

    def test_the_walk_as_far_as_a_feed_goes(self):
        """Read, changed there, joined for a reason, gone there: all of it stays here, and nothing leaves."""
        comment = self.site.comment("Paula Fremd", "Die Maschine ist im Handel verboten, nicht wahr?")
        self.site.change(comment, status="approved")
        self.poll(7 * 60)
        mention = next(m for m in self.admin.all("/conversations", view="third_parties") if "verboten" in m["body"])
        self.assertEqual(self.conversations(self.place), [])
        self.site.change(comment, content="Die Maschine ist in der EU verboten, nicht wahr?")
        self.poll(7 * 60)
        case = self.check(self.eva.post(f"/messages/{mention['id']}/conversation", {"reason": "false_fact"}), 201)["id"]
        self.assertEqual(self.versions(self.message("verboten")), ["Die Maschine ist im Handel verboten, nicht wahr?",
                                                                  "Die Maschine ist in der EU verboten, nicht wahr?"])
        refused = self.eva.post(f"/conversations/{case}/replies", {"body": "Nein, ist sie nicht.", "visibility": "public"})
        self.problem(refused, 409, says="only listens")
        self.site.change(comment, status="trash")
        self.poll(7 * 60)
        self.assertIsNone(self.message("verboten")["removed_at"])  # a feed shows the newest: gone is nothing said
        self.assertEqual(self.conversation(self.place)["outbox"], [])
