"""one_person.py - somebody who writes a mail, on Mastodon and in the chat is one person, when a person says so.

The mail servers and the servers of the Fediverse are real (peers/), the chat's visitor is a client of ours. Without
their packages this is skipped.
"""
from harness import eventually
from mails import PAULA, US, Mails  # it knows the way to the peers
from snac_peer import Fediverse
from walk import AT_MOST
from webchat import Visitor

SAID = {"email": "Mein Rad klappert, sagt die Mail.", "mastodon": "Mein Rad klappert, sagt das Fediverse.",
        "webchat": "Mein Rad klappert, sagt der Chat."}


class OnePerson(Mails):
    @classmethod
    def prepare(cls):
        super().prepare()
        cls.world = Fediverse(cls.store.folder)
        cls.us, cls.fan = cls.world.a.person("haus"), cls.world.b.person("paula")
        cls.places = {
            "email": cls.place,
            "mastodon": cls.channel("Fediverse", network="mastodon", settings={
                "url": cls.world.a.url, "access_token": cls.us.token}),
            "webchat": cls.channel("Chat", network="webchat", settings={"title": "Radwerk"}),
        }
        cls.catch_up()

    @classmethod
    def tearDownClass(cls):
        if hasattr(cls, "world"):
            cls.world.stop()
        super().tearDownClass()

    def case_on(self, network):
        return next(self.open(c["id"]) for c in self.conversations(self.places[network])
                    if SAID[network] in self.open(c["id"])["messages"][0]["body"])

    def person_on(self, network):
        return self.case_on(network)["person"]["id"]

    def timeline(self, person):
        """What was said with a person on all channels, without the name that stands in front."""
        bodies = [m["body"] for m in self.eva.all(f"/persons/{person}/messages")]
        return sorted(body.removeprefix("@haus@a.localhost ") for body in bodies)

    def test_1_three_networks_are_three_people_at_first(self):
        """Nothing is guessed: the same name is no proof."""
        self.peer.send(f"Paula Fremd <{PAULA}>", US, SAID["email"], "Rad")
        self.fan.post("@haus@a.localhost " + SAID["mastodon"])
        self.check(Visitor(self, self.places["webchat"], "p" * 43).write(SAID["webchat"]), 201)
        eventually(lambda: [m for m in self.us.mentions() if SAID["mastodon"] in m["content"]], AT_MOST,
                   "the mention to arrive")
        self.poll()
        self.assertEqual(len({self.person_on(network) for network in SAID}), 3)
        for network, words in SAID.items():
            self.assertEqual(self.timeline(self.person_on(network)), [words])

    def test_2_linked_they_have_one_timeline_and_three_profiles(self):
        one = self.person_on("email")
        for network in ("mastodon", "webchat"):
            self.check(self.eva.post(f"/persons/{self.person_on(network)}/merge", {"into": one}), 200)
        self.assertEqual({self.person_on(network) for network in SAID}, {one})
        self.assertEqual(self.timeline(one), sorted(SAID.values()))
        person = self.check(self.eva.get(f"/persons/{one}"), 200)
        self.assertEqual((len(person["profiles"]), person["contact_count"]), (3, 3))
        others = {o["id"] for o in self.case_on("email")["others"]}
        self.assertEqual(others, {self.case_on(network)["id"] for network in ("mastodon", "webchat")})

    def test_3_each_answer_goes_by_the_way_on_which_was_asked(self):
        case = self.case_on("email")["id"]
        self.reply(self.eva, case, "Bitte die Schraube prüfen.", "private")
        self.sent(case)
        self.assertIn("Bitte die Schraube prüfen.", self.peer.wait_box(PAULA, 1)[0].get_content())
        self.assertEqual([m for m in self.fan.mentions() if "Schraube" in m["content"]], [])
        self.assertIn("Bitte die Schraube prüfen.", self.timeline(self.person_on("mastodon")))

    def test_4_what_they_write_next_joins_the_one_person(self):
        self.fan.post("@haus@a.localhost Und noch etwas, sagt das Fediverse.")
        eventually(lambda: [m for m in self.us.mentions() if "noch etwas" in m["content"]], AT_MOST,
                   "the mention to arrive")
        self.poll()
        self.assertIn("Und noch etwas, sagt das Fediverse.", self.timeline(self.person_on("email")))

    def test_5_parted_again_each_has_what_was_theirs(self):
        one = self.person_on("email")
        profile = self.case_on("mastodon")["profile"]["id"]
        self.check(self.eva.post(f"/profiles/{profile}/unlink"), 200, 201)
        other = self.person_on("mastodon")
        self.assertNotEqual(other, one)
        self.assertEqual(self.timeline(other), sorted([SAID["mastodon"], "Und noch etwas, sagt das Fediverse."]))
        self.assertEqual(self.timeline(one), sorted([SAID["email"], "Bitte die Schraube prüfen.", SAID["webchat"]]))
        self.assertEqual(len(self.eva.get(f"/persons/{one}")["profiles"]), 2)
        kinds = [e["kind"] for e in self.admin.all("/audit")]
        self.assertTrue([k for k in kinds if k.startswith("person.merged")], kinds[:30])
