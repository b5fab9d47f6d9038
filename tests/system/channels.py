"""channels.py - a channel is data: its kind, its gaps, its end, and what it refuses."""
import base64
import datetime

from case import DrahtTest
from harness import DAY, HOUR, MINUTE, iso


class Channels(DrahtTest):
    people = {"eva": "agent", "tim": "trainee"}

    def codes(self, channel):
        answer = self.check(self.admin.get(f"/channels/{channel['id']}"), 200)
        return sorted(w["code"] for w in answer["warnings"])

    def hours(self, name):
        answer = self.check(self.admin.post("/departments", {"name": name, "hours": {
            "time_zone": "Europe/Berlin", "holidays": [],
            "slots": [{"weekday": d, "from": "00:00", "until": "24:00"} for d in range(7)]}}), 201)
        return (answer.json.get("department") or answer.json)["id"]

    def set(self, channel, **fields):
        return self.check(self.admin.patch(f"/channels/{channel['id']}", fields), 200)


class Kinds(Channels):
    def test_a_new_kind_of_channel_comes_from_settings_alone(self):
        """S3-12: it receives, has its target time, its row in lists and figures."""
        messenger = self.channel("Kanal Z", kind_name="Messenger Z", icon="z",
                                 target_ms=15 * MINUTE * 1000)
        plain = self.channel("Kanal P")
        begun = iso(self.server.now)
        for place in (messenger, plain):
            self.say(place, "t", "Zoe", "Hallo Z")
        case = self.conversation(messenger)
        self.assertEqual((case["channel"]["kind_name"], case["channel"]["icon"]),
                         ("Messenger Z", "z"))
        self.assertEqual(case["due_at"],
                         iso(self.server.now + datetime.timedelta(minutes=15)))
        listed = {c["name"]: c for c in self.admin.all("/channels")}
        self.assertEqual(listed["Kanal Z"]["kind_name"], "Messenger Z")
        self.server.clock(10 * MINUTE)
        self.reply(self.eva, case["id"], "Antwort")
        self.server.clock(MINUTE)
        rows = {s["key"]: s for s in self.report("reaction_time", begun, by="channel")["series"]}
        row = rows[messenger["id"]]
        self.assertEqual((row["n"], row["median_ms"]), (1, 10 * MINUTE * 1000))
        self.assertIn(row["label"], ("Messenger Z", "Kanal Z"))

    def test_the_list_of_networks_says_what_custom_needs(self):
        networks = {n["network"]: n for n in self.eva.get("/networks")["items"]}
        custom = networks["custom"]
        settings = {s["name"] for s in custom["settings"]}
        self.assertLessEqual({"outbound_url", "quiet_ms"}, settings)
        self.assertTrue(all(s["label"] for s in custom["settings"]))
        self.problem(self.admin.post("/channels", {"network": "telepathy", "name": "T",
                                                   "mode": "dialogue", "settings": {}}),
                     422, "network")

    def test_the_secret_is_shown_once(self):
        place = self.channel("Kanal S")
        secret = place["signing_secret"]
        self.assertTrue(secret.startswith("whsec_"))
        self.assertGreaterEqual(len(base64.b64decode(secret[6:])), 24)
        self.assertNotIn(secret[6:], self.admin.get(f"/channels/{place['id']}").body.decode())
        self.assertNotIn(secret[6:], self.admin.get("/channels").body.decode())


class Gaps(Channels):
    def test_a_channel_without_deputy_hours_or_purpose_is_marked_red(self):
        """X-1, X-16: the creator owns it; what is missing is named, and goes when filled."""
        place = self.channel("Lücke", purpose="")
        self.assertEqual(self.codes(place), ["deputy", "hours", "purpose"])
        self.set(place, owner_id=None)
        self.assertEqual(self.codes(place), ["deputy", "hours", "owner", "purpose"])
        self.set(place, owner_id=self.accounts["eva"], deputy_id=self.accounts["admin"],
                 purpose="Service", department_id=self.hours("Immer"), planned_minutes=600)
        self.assertEqual(self.codes(place), [])

    def test_a_workspace_may_limit_incomplete_channels_to_listening(self):
        place = self.channel("Halb")
        self.say(place, "t", "Hanna", "Hört ihr zu?")
        case = self.conversation(place)["id"]
        self.assertEqual(self.admin.get(f"/channels/{place['id']}")["effective_mode"], "dialogue")
        self.check(self.admin.patch("/workspace", {"limit_incomplete_channels": True}), 200)
        try:
            self.assertEqual(self.admin.get(f"/channels/{place['id']}")["effective_mode"],
                             "listen")
            refused = self.eva.post(f"/conversations/{case}/replies",
                                    {"body": "Ja", "visibility": "public"})
            self.problem(refused, 409)
            self.say(place, "t", "Hanna", "Hallo?")  # it still listens
        finally:
            self.check(self.admin.patch("/workspace", {"limit_incomplete_channels": False}), 200)
        self.reply(self.eva, case, "Ja")
        self.assertEqual([m["body"] for m in self.open(case)["messages"]],
                         ["Hört ihr zu?", "Hallo?", "Ja"])

    def test_a_channel_that_only_listens_refuses_replies(self):
        place = self.channel("Ohr", mode="listen")
        self.say(place, "t", "Ole", "Ich rede nur")
        case = self.conversation(place)["id"]
        self.problem(self.eva.post(f"/conversations/{case}/replies",
                                   {"body": "Ja", "visibility": "public"}), 409)

    def test_a_channel_with_open_conversations_is_not_retired(self):
        """S4-19, X-18: they are listed; the note names where to go; nothing is deleted."""
        place = self.channel("Altes Fax")
        self.say(place, "t", "Fritz", "Beschwerde")
        case = self.conversation(place)["id"]
        retire = f"/channels/{place['id']}/retire"
        refused = self.admin.post(retire, {"forwarding_note": "Bitte per Brief"})
        self.problem(refused, 409)
        self.assertEqual([o["id"] for o in refused["open"]], [case])
        self.act(self.eva, case, "close", {"reason": "no_answer_needed", "note": "erledigt"})
        self.problem(self.admin.post(retire, {}), 422, "forwarding_note")
        self.check(self.admin.post(retire, {"forwarding_note": "Bitte per Brief"}), 200)
        after = self.admin.get(f"/channels/{place['id']}")
        self.assertTrue(after["retired_at"])
        self.assertEqual(after["forwarding_note"], "Bitte per Brief")
        self.assertIn(self.admin.delete(f"/channels/{place['id']}").status, (404, 405))
        self.assertEqual(self.open(case)["state"], "closed")


class Refusals(Channels):
    def test_a_private_message_to_a_person_who_never_wrote_to_us_is_refused(self):
        """S3-28, by reply, by a trainee's reply, by parent, by a second case."""
        place = self.channel("Marktplatz")
        self.say(place, "post", "Wera", "Wer weiß Rat?")
        case = self.conversation(place, "Wera")
        self.say(place, "post", "Max", "ich nicht",
                 parent_external_id=case["messages"][0]["external_id"])
        said = [m for m in self.eva.get(f"/threads/{case['thread']['id']}")["messages"]
                if m["body"] == "ich nicht"][0]
        private = {"body": "Psst, Angebot!", "visibility": "private"}
        sideways = self.eva.post(f"/conversations/{case['id']}/replies",
                                 dict(private, parent_id=said["id"]))
        self.assertIn(sideways.status, (409, 422))
        self.check(self.eva.post(f"/messages/{said['id']}/conversation"), 200, 201)
        cold = self.conversation(place, "Max")["id"]
        for caller in (self.eva, self.tim, self.admin):
            self.problem(caller.post(f"/conversations/{cold}/replies", private), 409)
        self.assertEqual(self.open(cold)["outbox"], [])
        self.reply(self.eva, cold, "Danke für die Hilfe")  # in public we may answer
        self.reply(self.eva, case["id"], "Schreiben Sie mir", "private")  # Wera wrote

    def test_a_rotated_secret_stays_good_for_a_day(self):
        place = self.channel("Schlüssel")
        old = place["signing_secret"]
        item = lambda n: self.item("t", "Kai", f"Nachricht {n}")
        self.check(self.signed(place, item(1)), 202)
        new = self.check(self.admin.post(f"/channels/{place['id']}/secret"), 201)["signing_secret"]
        self.assertNotEqual(old, new)
        self.check(self.signed(place, item(2), new), 202)
        self.server.clock(DAY - MINUTE)
        self.check(self.signed(place, item(3), old), 202)
        self.server.clock(2 * MINUTE)
        self.problem(self.signed(place, item(4), old), 401)
        self.check(self.signed(place, item(5), new), 202)
        self.assertEqual(len(self.conversation(place)["messages"]), 4)

    def test_only_a_fresh_signature_of_these_bytes_is_believed(self):
        place, other = self.channel("Echt"), self.channel("Anders")
        item = self.item("t", "Kai", "echt")
        now = self.server.now.timestamp()
        self.problem(self.signed(place, item, other["signing_secret"]), 401)
        self.problem(self.signed(place, item, seconds=now - 6 * MINUTE), 401)
        self.problem(self.signed(place, item, seconds=now + 6 * MINUTE), 401)
        self.problem(self.server.client().post(f"/channels/{place['id']}/inbound", item), 401)
        self.problem(self.server.client("nonsense").post(
            f"/channels/{place['id']}/inbound", item), 401)
        self.assertEqual(self.conversations(place), [])
        self.check(self.signed(place, item, seconds=now - 4 * MINUTE), 202)


class Gate(Channels):
    """Without --allow-host no address inside our walls is reached."""

    @classmethod
    def prepare(cls):
        cls.server.allow = ()
        cls.server.restart()

    def test_loopback_private_and_link_local_addresses_are_refused(self):
        for n, host in enumerate(("127.0.0.1:9", "localhost:9", "[::1]:9", "2130706433:9",
                                  "0.0.0.0:9", "10.0.0.1", "192.168.1.1", "169.254.169.254",
                                  "[::ffff:127.0.0.1]:9", "[fd00::1]", "0177.0.0.1:9")):
            with self.subTest(host):
                made = self.admin.post("/channels", {
                    "network": "custom", "name": f"Tor {n}", "mode": "dialogue",
                    "settings": {"outbound_url": f"http://{host}/replies"}})
                if made.status == 422:
                    self.assertIn("outbound_url", made.body.decode())
                    continue
                place = self.check(made, 201)["channel"]
                self.say(place, "t", f"Opfer {n}", "Hallo")
                case = self.conversation(place)["id"]
                self.reply(self.eva, case, "Antwort")
                self.server.clock(HOUR)
                box = self.open(case)["outbox"][0]
                self.assertEqual(box["state"], "failed", "refused, so never tried again")
                self.assertIn("address", box["reason"])

    def test_other_schemes_than_http_are_refused(self):
        for address in ("file:///etc/passwd", "ftp://example.org/", "gopher://example.org/",
                        "javascript:alert(1)", "//example.org/", "http://user:pw@example.org/",
                        "http://", "nonsense"):
            with self.subTest(address):
                self.problem(self.admin.post("/channels", {
                    "network": "custom", "name": "Schema " + address[:8], "mode": "dialogue",
                    "settings": {"outbound_url": address}}), 422)
