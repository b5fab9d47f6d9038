"""wordpress.py - comments of a real WordPress: read, answered, and seen by its visitors.

The other end is WordPress itself on loopback (peers/wordpress_peer.py); without its packages
all of this is skipped. Its visitors use its pages, and what they see is read from there.
"""
import datetime
import os
import sys

from case import DrahtTest
from harness import HERE, MINUTE, eventually, iso

sys.path.insert(0, os.path.join(HERE, "peers"))
from wordpress_peer import WordPress  # noqa: E402

COFFEE = "Neue Kaffeemaschine"


class Comments(DrahtTest):
    """WordPress has the machine's clock; Draht's virtual one begins there."""

    people = {"eva": "agent"}

    @classmethod
    def setUpClass(cls):
        cls.clock = iso(datetime.datetime.now(datetime.timezone.utc))
        super().setUpClass()

    @classmethod
    def prepare(cls):
        cls.site = WordPress(cls.store.folder)
        cls.place = cls.channel("Blog", network="wordpress", settings={
            "url": cls.site.url, "user": "redaktion", "application_password": cls.site.password})

    @classmethod
    def tearDownClass(cls):
        if hasattr(cls, "site"):
            cls.site.stop()
        super().tearDownClass()

    def poll(self, minutes=2):
        self.server.clock(minutes * MINUTE)

    def health(self):
        return self.check(self.admin.get(f"/channels/{self.place['id']}/health"), 200).json

    def sent(self, case):
        """The newest of the outbox is on the site; gives the id that WordPress chose."""
        eventually(lambda: self.open(case)["outbox"][-1]["state"] == "sent", 20, "the reply to be sent")


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
