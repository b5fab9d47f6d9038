"""walk.py - what tests with real networks share, and the one walk through each of them.

The other end is always a program that nobody here wrote, and strangers use it with a client of its own. A network
says how that goes by the hooks of Walk; the story, and what must be true of it, is the same for all.
"""
import datetime
import os
import sys

from case import DrahtTest
from harness import DAY, HERE, MINUTE, eventually, iso

sys.path.insert(0, os.path.join(HERE, "peers"))

AT_MOST = 30  # seconds that a network may take to show what was said


class RealNetwork(DrahtTest):
    """The network has the machine's clock; Draht's virtual one begins there. The channel is `place`."""

    people = {"eva": "agent"}
    visibility = "public"

    @classmethod
    def setUpClass(cls):
        cls.clock = iso(datetime.datetime.now(datetime.timezone.utc))
        super().setUpClass()

    @classmethod
    def catch_up(cls):
        """To the machine's clock: what was set up may have been minutes of it."""
        now = datetime.datetime.now(datetime.timezone.utc)
        if now > cls.server.now:
            cls.server.clock(now)

    def poll(self, minutes=2):
        self.server.clock(minutes * MINUTE)

    def health(self):
        return self.check(self.admin.get(f"/channels/{self.place['id']}/health"), 200).json

    def verify(self):
        return self.check(self.admin.post(f"/channels/{self.place['id']}/verify"), 200)

    def gaps(self):
        return self.admin.all(f"/channels/{self.place['id']}/gaps")

    def fetched_late(self, count):
        """The reports say that so many were fetched after an outage: each once, by one poll."""
        self.assertEqual([g["added"] for g in self.gaps() if g["added"] > 1], [count])

    def a_reply_obeys(self, case, fault, seen):
        """The network says "later" to a reply: it waits as long as that says, and leaves once. `seen`: how often it
        stands there."""
        self.between.methods, self.between.faults = ("POST",), [fault]
        self.reply(self.eva, case, "Später, bitte.", self.visibility)
        eventually(lambda: not self.between.faults, 20, "the network to refuse")
        eventually(lambda: self.open(case)["outbox"][-1]["state"] == "queued", 20, "the reply to wait")
        asked = len(self.between.asked)
        self.poll(8)
        self.assertEqual(len(self.between.asked), asked, "it asked although it was told to wait")
        self.assertEqual((self.open(case)["outbox"][-1]["state"], seen()), ("queued", 0))
        self.assertTrue(self.health()["sending"]["next_try_at"])
        self.poll(5)
        self.sent(case)
        eventually(seen, AT_MOST, "the reply to be seen there")
        self.poll(15)
        self.assertEqual(seen(), 1)

    def sent(self, case):
        eventually(lambda: self.open(case)["outbox"][-1]["state"] == "sent", 20, "the reply to be sent")

    def directions(self, case):
        return [m["direction"] for m in self.open(case)["messages"]]

    def case(self, text):
        """The conversation in which those words stand."""
        for found in self.conversations(self.place):
            case = self.open(found["id"])
            if any(text in m["body"] for m in case["messages"]):
                return case
        raise AssertionError(f"no conversation has {text!r}")

    def message(self, text):
        found = [m for m in self.case(text)["messages"] if text in m["body"]]
        self.assertEqual(len(found), 1, f"{text!r} stands there {len(found)} times")
        return found[0]

    def versions(self, message):
        return [v["body"] for v in self.admin.get(f"/messages/{message['id']}/versions")["items"]]


class Walk:
    """From a stranger's question to the check-back a week later, beside a RealNetwork.

    ask(text)           a stranger writes to us; gives what they wrote, for the other hooks
    answer_to(text)     what they see of ours, below what they asked: once, and there; for say()
    say(text, below)    they write below something of ours
    edit(said, text)    they (or who keeps the page) put other words there; None: nobody can there
    take_back(said)     they (or who keeps the page) delete it; None: nobody can there
    """

    edit = take_back = None

    QUESTION = "Mein W-Lan geht nicht, was nun?"
    EDITED = "Mein W-Lan geht seit gestern nicht, was nun?"
    ANSWER = "Bitte den Router neu starten, dann leuchtet es."
    REGRETTED = "Meine Nummer ist die 4711."
    FORGOTTEN = "Die Nummer vergessen wir wieder."
    THANKS = "Danke, geht wieder!"
    ASKED = "Hallo, eine Woche ist um: hält es?"
    HELD = "Ja, alles gut."

    def test_from_a_question_to_the_check_back_a_week_later_in_one_thread(self):
        self.step_1_a_strangers_words_are_a_conversation()
        self.step_2_the_stranger_sees_the_answer()
        if self.edit:
            self.step_3_other_words_are_a_version()
        if self.take_back:
            self.step_4_what_is_taken_back_there_stays_here()
        self.step_5_thanks_suggest_and_a_person_solves()
        self.step_6_a_week_later_it_is_due_and_nothing_left_by_itself()
        self.step_7_the_question_whether_it_held_arrives_in_the_same_thread()
        self.step_8_what_the_stranger_answers_belongs_to_it()

    def now(self):
        """The one conversation of it all."""
        found = self.conversations(self.place)
        self.assertEqual(len(found), 1)
        return self.open(found[0]["id"])

    def step_1_a_strangers_words_are_a_conversation(self):
        self.asked = self.ask(self.QUESTION)
        self.poll()
        case = self.now()
        self.assertIn(self.QUESTION, case["messages"][0]["body"])
        self.assertEqual((case["state"], case["thread"]["visibility"]), ("new", self.visibility))
        self.assertTrue(case["waiting_since_at"])

    def step_2_the_stranger_sees_the_answer(self):
        case = self.now()["id"]
        self.reply(self.eva, case, self.ANSWER, self.visibility)
        self.sent(case)
        self.answered = self.answer_to(self.ANSWER)
        self.poll(15)
        case = self.now()
        self.assertEqual((case["state"], case["waiting_for"], case["solved_at"]), ("waiting", "customer", None))
        self.assertEqual(sorted(self.directions(case["id"])), ["in", "out"])

    def step_3_other_words_are_a_version(self):
        self.edit(self.asked, self.EDITED)
        self.poll(15)
        message = self.message(self.EDITED)
        self.assertEqual(message["version"], 2)
        for body, words in zip(self.versions(message), (self.QUESTION, self.EDITED), strict=True):
            self.assertIn(words, body)

    def step_4_what_is_taken_back_there_stays_here(self):
        said = self.say(self.REGRETTED, self.answered)
        self.poll()
        self.assertIsNone(self.message(self.REGRETTED)["removed_at"])
        self.take_back(said)
        self.poll(15)
        message = self.message(self.REGRETTED)
        self.assertEqual(message["standing"], "gone")
        self.assertTrue(message["removed_at"])
        case = self.now()["id"]
        self.reply(self.eva, case, self.FORGOTTEN, self.visibility)
        self.sent(case)
        self.answered = self.answer_to(self.FORGOTTEN)  # below what is still there, or nobody would see it
        self.poll(15)

    def step_5_thanks_suggest_and_a_person_solves(self):
        self.say(self.THANKS, self.answered)
        self.poll()
        case = self.now()
        self.message(self.THANKS)
        self.assertEqual((case["suggestion"], case["solved_at"]), ("probably_solved", None))
        self.act(self.eva, case["id"], "solve")
        case = self.now()
        self.assertEqual(case["state"], "solved")
        self.assertEqual([c["state"] for c in case["check_backs"]], ["planned"])

    def today(self):
        return [i["id"] for i in self.check(self.eva.get("/today"), 200)["check_backs"]["items"]]

    def step_6_a_week_later_it_is_due_and_nothing_left_by_itself(self):
        before = self.now()
        self.server.stop()  # or the network would be asked ten thousand times
        self.server.now += datetime.timedelta(seconds=7 * DAY - 20 * MINUTE)
        self.server.start()
        self.poll(5)
        self.assertEqual((self.now()["check_backs"][0]["state"], self.today()), ("planned", []))
        self.poll(20)
        case = self.now()
        self.assertEqual(case["check_backs"][0]["state"], "due")
        self.assertEqual(self.today(), [case["check_backs"][0]["id"]])
        self.assertEqual((len(case["messages"]), len(case["outbox"])),
                         (len(before["messages"]), len(before["outbox"])))

    def step_7_the_question_whether_it_held_arrives_in_the_same_thread(self):
        case = self.now()
        asked = self.check(self.eva.post(f"/check-backs/{case['check_backs'][0]['id']}/send", {"body": self.ASKED}), 201)
        self.assertEqual(asked["message"]["visibility"], self.visibility)
        self.assertEqual(asked["message"]["thread_id"], case["thread"]["id"])
        self.sent(case["id"])
        self.answered = self.answer_to(self.ASKED)
        self.poll(15)
        self.assertEqual(len(self.now()["messages"]), len(case["messages"]) + 1)

    def step_8_what_the_stranger_answers_belongs_to_it(self):
        self.say(self.HELD, self.answered)
        self.poll()
        case = self.now()
        self.message(self.HELD)
        self.assertEqual([(c["state"], c["outcome"]) for c in case["check_backs"]], [("answered", "held")])
        self.assertEqual((case["state"], case["reopened_count"]), ("solved", 0))
