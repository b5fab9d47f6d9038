"""public_contact.py - contact form, status page, ways to reach us, reports, figures."""
import re

from case import DrahtTest
from harness import PASSWORD
from public_pages import CANARIES, IMPRINT, Public
from visitor import Visitor


class Desk(Public):
    """A contact form with hours and a target of two hours."""

    @classmethod
    def prepare(cls):
        super().prepare()
        department = cls.check(cls.admin.post("/departments", {"name": "Service"}), 201)
        cls.department = (department.json.get("department") or department.json)["id"]
        cls.check(cls.admin.patch(f"/departments/{cls.department}", {"hours": {
            "time_zone": "Europe/Berlin", "holidays": [],
            "slots": [{"weekday": d, "from": "08:00", "until": "17:00"} for d in range(5)]}}), 200)
        cls.desk = cls.check(cls.admin.post("/channels", {
            "network": "form", "name": "Formular", "mode": "dialogue", "purpose": "Fragen",
            "owner_id": cls.accounts["eva"], "deputy_id": cls.accounts["admin"],
            "department_id": cls.department, "planned_minutes": 600, "target_ms": 7200_000,
            "settings": {"fields": "Bestellnummer, Ort", "intro": "Bitte in Ruhe."}}), 201)["channel"]

    def write(self, text="Meine Rechnung ist falsch", **more):
        """Send the contact form; gives the page after it and the status address."""
        visitor = self.visitor()
        page = self.sound(visitor.get(f"/contact/{self.desk['id']}"))
        self.server.clock(5)
        done = self.sound(visitor.submit(page, text=text, **more))
        return done, [a for a in done.shape.links if a.startswith("/s/")][0]

    def case_of(self, done):
        number = re.search(r"Fallnummer (\d+)", done.text).group(1)
        return self.check(self.eva.get(f"/cases/{number}"), 200)["conversation_id"]


class Contact(Desk):
    def setUp(self):
        self.server.clock(3600)  # what was sent before counts no more

    def test_the_form_says_before_sending_what_can_be_expected(self):
        page = self.sound(self.visitor().get(f"/contact/{self.desk['id']}"))
        self.assertIn("Bitte in Ruhe.", page.text)
        self.assertIn("Mo–Fr 08:00–17:00", page.text)
        self.assertIn("innerhalb von 2 Stunden in diesen Zeiten", page.text)
        self.assertIn("Hier wird nicht per E-Mail geantwortet", page.text)
        self.assertEqual(list(page.form()["fields"])[1:],
                         ["text", "name", "email", "own-0", "own-1", "files", "website"])

    def test_after_sending_stand_number_time_and_status_and_the_item_is_in_the_inbox(self):
        self.server.clock("2026-11-02T09:00:00Z")
        done, secret = self.write(name="Jonas", email="canary.person@example.org",
                                  **{"own-0": "0815-4711-99"})
        self.assertIn("Antwort bis 02.11.2026, 12:00 Uhr", done.text)
        case = self.open(self.case_of(done))
        self.assertEqual(case["channel"]["name"], "Formular")
        self.assertEqual(case["person"]["name"], "Jonas")
        self.assertEqual(case["profile"]["handle"], "canary.person@example.org")
        self.assertEqual(case["messages"][0]["body"],
                         "Meine Rechnung ist falsch\n\nBestellnummer: 0815-4711-99")
        self.assertEqual(len(secret.split("/")[2].split("?")[0]), 43, "256 bits")
        self.assertEqual(done.headers["Referrer-Policy"], "no-referrer")
        self.assertEqual(done.headers["Cache-Control"], "no-store")

    def test_an_empty_form_names_the_field_and_keeps_the_rest(self):
        visitor = self.visitor()
        page = visitor.get(f"/contact/{self.desk['id']}")
        self.server.clock(5)
        page = self.sound(visitor.submit(page, text="", name="Ada", email="no address"), 422)
        self.assertIn("Text: bitte ausfüllen.", page.text)
        self.assertIn("E-Mail-Adresse: das ist keine vollständige E-Mail-Adresse.", page.text)
        self.assertEqual(page.form()["fields"]["name"], "Ada")
        self.assertEqual(page.form()["fields"]["email"], "no address")
        self.assertIn('aria-invalid="true"', page.html)

    def test_pressing_twice_makes_one_case_with_one_status_page(self):
        visitor = self.visitor()
        page = visitor.get(f"/contact/{self.desk['id']}")
        self.server.clock(5)
        before = len(self.conversations(self.desk))
        answers = [visitor.submit(page, text="Doppelt", name="Doppel") for _ in range(2)]
        self.assertEqual(answers[0].text, answers[1].text)
        self.assertEqual(len(self.conversations(self.desk)), before + 1)

    def test_whoever_laid_out_the_ticket_does_not_learn_the_status_page(self):
        page = self.visitor().get(f"/contact/{self.desk['id']}")
        self.server.clock(5)
        secret_of = lambda done: [a for a in done.shape.links if a.startswith("/s/")][0]
        victim = secret_of(self.sound(self.visitor().submit(page, text="Mein Fall", name="Opfer")))
        for more in ({"text": "Anderer"}, {"text": "Mein Fall"},
                     {"text": "Mein Fall", "name": "Opfer", "email": "a@example.org"}):
            done = self.sound(self.visitor().submit(page, **more))
            self.assertNotEqual(secret_of(done), victim)
            self.assertNotIn("Opfer", self.sound(self.visitor().get(secret_of(done))).text)
        # With the very same words a browser would say that they come from elsewhere.
        again = self.visitor().submit(page, headers={"Sec_Fetch_Site": "cross-site"},
                                      text="Mein Fall", name="Opfer")
        self.sound(again, 422)
        self.assertFalse([a for a in again.shape.links if a.startswith("/s/")])

    def test_no_address_leads_to_two_cases(self):
        page = self.visitor().get(f"/contact/{self.desk['id']}")
        self.server.clock(5)
        cases = set()
        for email in ("one@example.org", "two@example.org"):
            done = self.sound(self.visitor().submit(page, text="Gleich", name="A", email=email))
            cases.add(self.case_of(done))
        self.assertEqual(len(cases), 2)
        hashes = self.store.sql("SELECT token_hash FROM status_link")
        self.assertEqual(len(hashes), len({row[0] for row in hashes}))

    def test_our_files_can_be_fetched_on_the_status_page_and_theirs_are_counted(self):
        visitor = self.visitor()
        page = visitor.get(f"/contact/{self.desk['id']}")
        self.server.clock(5)
        done = self.sound(visitor.submit_files(page, [("mein.txt", "text/plain", b"b")], text="Da"))
        at = [a for a in done.shape.links if a.startswith("/s/")][0]
        case = self.case_of(done)
        file = {"name": "Anleitung.pdf", "mime": "application/pdf", "base64": "JVBERi0="}
        own = self.check(self.eva.post("/attachments", file), 201)
        self.reply(self.eva, case, "Bitte sehr", "private", attachment_ids=[own["id"]])
        page = self.sound(visitor.get(at))
        self.assertIn("Mit 1 Datei.", page.text)
        self.assertNotIn("mein.txt", page.text)
        links = [a for a in page.shape.links if "/files/" in a]
        self.assertEqual(links, [f"{at}/files/{own['id']}"])
        answer = visitor.get(links[0])
        self.assertEqual((answer.status, answer.html), (200, "%PDF-"))
        self.assertEqual(answer.headers["Referrer-Policy"], "no-referrer")
        theirs = self.open(case)["messages"][0]["attachments"][0]["id"]
        self.sound(visitor.get(f"{at}/files/{theirs}"), 404)

    def test_files_come_along_up_to_their_ceiling(self):
        visitor = self.visitor()
        at = f"/contact/{self.desk['id']}"
        page = visitor.get(at)
        self.server.clock(5)
        done = self.sound(visitor.submit_files(
            page, [("foto.png", "image/png", b"\x89PNG\0\r\n--x"), ("b.txt", "text/plain", b"b")],
            text="Siehe Bild"))
        files = self.open(self.case_of(done))["messages"][0]["attachments"]
        self.assertEqual([(f["name"], f["size"]) for f in files], [("foto.png", 10), ("b.txt", 1)])
        for many in ([("a", "text/plain", b"a")] * 4,
                     [("big", "text/plain", b"a" * (6 * 1024 * 1024 + 1))]):
            page = visitor.get(at)
            self.server.clock(5)
            again = self.sound(visitor.submit_files(page, many, text="zu viel"), 422)
            self.assertIn("höchstens 3 Dateien", again.text)
            self.assertEqual(again.form()["fields"]["text"], "zu viel")
        page = visitor.get(at)
        self.server.clock(3600)
        self.sound(visitor.submit_files(page, [("max", "", b"a" * (6 * 1024 * 1024))], text="max"))

    def test_the_sixth_form_within_an_hour_waits_and_is_kept_in_the_page(self):
        visitor, at = self.visitor(), f"/contact/{self.desk['id']}"
        self.server.clock(3600)
        pages = [visitor.get(at) for _ in range(6)]
        self.server.clock(5)
        for number, page in enumerate(pages[:5]):
            self.sound(visitor.submit(page, text=f"Nummer {number}"))
        page = self.sound(visitor.submit(pages[5], text="Nummer 6"), 429)
        self.assertEqual(page.form()["fields"]["text"], "Nummer 6")
        self.server.clock(3600)
        self.sound(visitor.submit(page))

    def test_what_was_written_is_kept_as_it_came_and_can_be_looked_at(self):
        self.server.clock(3600)
        self.write("Wörtlich so", name="Rita")
        kept = self.admin.all(f"/channels/{self.desk['id']}/raw", state="done")
        mine = [raw for raw in kept if "Wörtlich so" in raw["body"]]
        self.assertEqual([raw["source"] for raw in mine], ["form"])

    def test_what_is_no_form_is_refused_calmly(self):
        at = f"/contact/{self.desk['id']}"
        for body, kind in ((b"{}", "application/json"), (b"text=%ff", "application/x-www-form-urlencoded"),
                           (b"--x\r\nno head", "multipart/form-data; boundary=x"),
                           (b"x", "multipart/form-data")):
            page = self.visitor().send("POST", at, body, Content_Type=kind)
            self.assertEqual(page.status, 400, kind)
            self.assertIn("Das Formular kam nicht vollständig an", page.text)

    def test_the_status_page_walks_through_the_steps(self):
        self.server.clock("2026-11-03T09:00:00Z")
        done, secret = self.write("Bitte helfen", name="Kim")
        case = self.case_of(done)
        page = self.sound(self.visitor().get(secret))
        self.assertIn("Eingegangen erledigt 03.11.2026, 10:00 Uhr", page.text)
        self.assertIn("In Arbeit noch nicht", page.text)
        self.assertIn("Eine Antwort ist bis 03.11.2026, 12:00 Uhr vorgesehen.", page.text)
        self.assertIn("noindex", page.headers["X-Robots-Tag"])
        self.server.clock("2026-11-03T12:30:00Z")
        self.assertIn("Wir sind zu spät", self.visitor().get(secret).text)
        self.reply(self.eva, case, "Das ist erledigt, Ruf 0800 330 1000", "private")
        self.act(self.eva, case, "notes", {"body": "canary-note"})
        self.act(self.eva, case, "solve")
        page = self.visitor().get(secret)
        self.assertIn("In Arbeit erledigt", page.text)
        self.assertIn("Gelöst erledigt", page.text)
        self.assertIn("Nachgefragt vorgesehen am 10.11.2026", page.text)
        self.assertIn("Ruf 0800 330 1000", page.text, "our own words are meant for the reader")
        self.assertNotIn("canary", page.html)
        self.server.clock("2026-11-10T12:30:00Z")
        check_back = self.open(case)["check_backs"][0]["id"]
        self.check(self.eva.post(f"/check-backs/{check_back}/send", {"body": "Hat es gehalten?"}), 201)
        self.assertIn("Nachgefragt erledigt 10.11.2026", self.visitor().get(secret).text)

    def test_a_message_from_the_status_page_goes_into_the_conversation(self):
        done, secret = self.write("Erste Frage", name="Lena")
        case = self.case_of(done)
        self.act(self.eva, case, "solve")
        visitor = self.visitor()
        page = visitor.get(secret)
        self.sound(visitor.submit(page, text=" "), 422)
        self.server.clock(5)
        page = self.sound(visitor.submit(visitor.get(secret), text="Leider wieder kaputt"), 422)
        page = self.sound(visitor.submit(page))
        self.assertIn("Die Nachricht ist angekommen.", page.text)
        self.assertIn("Leider wieder kaputt", page.text)
        case = self.open(case)
        self.assertEqual(case["state"], "open")
        self.assertEqual([m["body"] for m in case["messages"]], ["Erste Frage", "Leider wieder kaputt"])
        self.assertEqual({m["visibility"] for m in case["messages"]}, {"private"})

    def test_a_link_is_made_by_hand_once_and_revoked(self):
        thread, case = self.thread("Mona", "Öffentlich gefragt")
        at = f"/conversations/{case}/status-link"
        self.assertFalse(self.eva.get(at)["there"])
        first = self.check(self.eva.post(at), 201)["address"]
        page = self.sound(self.visitor().get(first))
        self.assertIn("Öffentlich gefragt", page.text)
        self.assertIn(f"/p/{thread}", page.shape.links)
        page = self.visitor().submit(self.visitor().submit(page, text="Privat dazu"))
        self.assertIn("Privat dazu", page.text)
        self.assertNotIn("Privat dazu", self.visitor().get(f"/p/{thread}").text)
        second = self.check(self.eva.post(at), 201)["address"]
        self.assertNotEqual(first, second)
        self.sound(self.visitor().get(first), 404)
        self.check(self.eva.delete(at), 204)
        self.sound(self.visitor().get(second), 404)
        self.problem(self.eva.delete(at), 404)
        self.assertNotIn(second.split("/")[2], self.eva.get(at).body.decode())

    def test_a_merged_case_shows_each_person_their_own_words_alone(self):
        done, secret = self.write("Meins allein", name="Nora")
        other, _ = self.write("canary-private fremde Sache", name="Otto")
        self.act(self.eva, self.case_of(done), "merge", {"into": self.case_of(other)})
        page = self.sound(self.visitor().get(secret))
        self.assertIn("mit einem anderen zusammengelegt", page.text)
        self.assertIn("Meins allein", page.text)
        self.assertNotIn("canary", page.html)

    def test_what_waits_for_approval_is_not_told_by_a_merge(self):
        self.store.add_user("timo@example.org", "trainee", "Timo Trainee")
        timo = self.server.client(self.store.token("timo@example.org"))
        done, secret = self.write("Geht das in Raten?", name="Nelly")
        other, _ = self.write("Etwas anderes", name="Olaf")
        self.reply(timo, self.case_of(done), "canary-held ungeprüft", "private")
        self.assertNotIn("canary", self.visitor().get(secret).html)
        self.act(self.eva, self.case_of(done), "merge", {"into": self.case_of(other)})
        self.assertNotIn("canary", self.sound(self.visitor().get(secret)).html)

    def test_a_second_answer_to_somebody_else_is_not_told_by_a_merge(self):
        done, secret = self.write("Meine Frage", name="Nina")
        other, theirs = self.write("Fremde Frage", name="Oskar")
        first = self.reply(self.eva, self.case_of(other), "canary-private erste", "private")
        self.reply(self.eva, self.case_of(other), "canary-private zweite", "private",
                   parent_id=first["message"]["id"])
        self.server.clock(60)
        self.act(self.eva, self.case_of(other), "merge", {"into": self.case_of(done)})
        self.assertNotIn("canary", self.sound(self.visitor().get(secret)).html)
        page = self.visitor().get(theirs)
        self.assertIn("canary-private erste", page.text)
        self.assertIn("canary-private zweite", page.text)

    def test_all_ways_stand_on_one_page_with_hours_and_the_genuine_accounts(self):
        self.check(self.admin.post("/channels", {"network": "custom", "name": "Unfertig",
                                                 "mode": "dialogue", "settings": {}}), 201)
        whole = self.channel("Service auf X", owner_id=self.accounts["eva"], kind_name="Plattform X",
                             deputy_id=self.accounts["admin"], planned_minutes=60)
        self.channel("Nur gelesen", mode="listen")
        self.check(self.admin.patch(f"/channels/{whole['id']}/public-pages",
                                    {"account_url": "https://x.example/strom"}), 200)
        self.problem(self.admin.patch(f"/channels/{whole['id']}/public-pages",
                                      {"account_url": "javascript:alert(1)"}), 422, "account_url")
        page = self.sound(self.visitor().get("/contact"))
        self.assertIn("Formular Zeiten Mo–Fr 08:00–17:00", page.text)
        self.assertIn("Unser Auftritt: https://x.example/strom", page.text)
        self.assertIn(f"/contact/{self.desk['id']}", page.shape.links)
        self.assertNotIn("Unfertig", page.text)
        self.assertNotIn("Nur gelesen", page.text)
        self.check(self.admin.patch("/public-pages", {"listening": True}), 200)
        self.assertIn("Hier lesen wir nur mit", self.visitor().get("/contact").text)
        self.check(self.admin.patch(f"/channels/{whole['id']}/public-pages", {"listed": "off"}), 200)
        self.assertNotIn("x.example", self.visitor().get("/contact").text)

    def test_an_account_where_nobody_talks_is_named_below_the_ways_that_work(self):
        quiet = self.channel("Service auf Y", mode="none")
        self.check(self.admin.patch(f"/channels/{quiet['id']}/public-pages",
                                    {"account_url": "https://y.example/strom"}), 200)
        text = self.sound(self.visitor().get("/contact")).text
        before, after = text.split("Hier führen wir kein Gespräch")
        self.assertIn("Formular", before)
        self.assertIn("Service auf YUnser Auftritt: https://y.example/strom", after)
        english = self.visitor().get("/contact?lang=en").text
        self.assertIn("Whoever writes on one of the ways above is heard.", english)
        self.check(self.admin.patch(f"/channels/{quiet['id']}/public-pages", {"listed": "off"}), 200)
        self.assertNotIn("kein Gespräch", self.visitor().get("/contact").text)


class Settings(Public):
    def test_imprint_and_privacy_have_a_ceiling_and_the_colour_a_shape(self):
        for field, most in (("imprint", 4000), ("privacy", 20000)):
            self.check(self.admin.patch("/public-pages", {field: "ä" * most}), 200)
            self.problem(self.admin.patch("/public-pages", {field: "ä" * (most + 1)}), 422, field)
        for colour in ("red", "#12345", "#1234567", "#12345g", "#ABCDEF"):
            self.problem(self.admin.patch("/public-pages", {"colour": colour}), 422, "colour")
        self.check(self.admin.patch("/public-pages", {"colour": "#8a2be2"}), 200)
        self.assertEqual(self.visitor().get("/w/default/colour.css").html, ":root{--brand:#8a2be2}\n")

    def test_a_site_of_one_language_offers_no_other(self):
        self.check(self.admin.patch("/public-pages", {"languages": "en"}), 200)
        page = self.sound(self.visitor().get("/contact?lang=de"))
        self.assertIn('<html lang="en">', page.html)
        self.assertFalse([a for a in page.shape.links if "lang=" in a])
        self.check(self.admin.patch("/public-pages", {"languages": "de en"}), 200)


class Reports(Public):
    def test_a_report_reaches_those_who_may_release_and_is_settled(self):
        thread, _ = self.thread("Pia", "Das ist eine Frechheit")
        visitor = self.visitor()
        page = visitor.get(f"/p/{thread}")
        link = [a for a in page.shape.links if "/report?m=" in a][0]
        form = self.sound(visitor.get(link))
        self.assertIn("Das ist eine Frechheit", form.text)
        again = self.sound(visitor.submit(form, why="", text="stimmt nicht"), 422)
        self.assertEqual(again.form()["fields"]["text"], "stimmt nicht")
        self.assertIn("Warum: bitte etwas auswählen.", again.text)
        self.sound(visitor.submit(again, why="false"))
        report = self.lara.get("/page-reports")["items"][0]
        self.assertEqual((report["why"], report["body"], report["message"]["body"]),
                         ("false", "stimmt nicht", "Das ist eine Frechheit"))
        self.assertEqual(self.lara.get("/moderation")["counts"]["reports"], 1)
        self.assertIn("Frechheit", visitor.get(f"/p/{thread}").text, "nothing vanishes by itself")
        self.check(self.lara.patch(f"/page-reports/{report['id']}",
                                   {"state": "settled", "note": "geprüft"}), 200)
        self.problem(self.lara.patch(f"/page-reports/{report['id']}", {"state": "settled"}), 409)
        self.assertEqual(self.lara.get("/page-reports")["items"], [])

    def test_pages_without_messages_can_be_reported_too(self):
        page = self.visitor().get("/contact")
        link = [a for a in page.shape.links if "/report" in a][0]
        form = self.sound(self.visitor().get(link))
        self.server.clock(5)
        self.sound(self.visitor().submit(form, why="other", text="x" * 2000))
        self.assertEqual(self.lara.get("/page-reports")["items"][0]["page"], "contact")
        form = self.visitor().get(link)
        self.server.clock(5)
        self.sound(self.visitor().submit(form, why="other", text="x" * 2001), 422)


class Figures(Public):
    def test_the_figures_are_off_until_switched_on_and_say_no_data(self):
        self.sound(self.visitor().get("/transparency"), 404)
        self.check(self.admin.patch("/public-pages", {"transparency": True}), 200)
        page = self.sound(self.visitor().get("/transparency"))
        self.assertIn("Antwortquote keine Daten", page.text)
        self.assertIn("Vom ersten unbeantworteten Wort", page.text)

    def test_they_are_those_of_the_reports_an_hour_old_at_most(self):
        _, case = self.thread("Quinn", "Frage")
        self.server.clock(840)
        self.reply(self.eva, case, "Antwort")
        self.assertIn("keine Daten", self.visitor().get("/transparency").text)
        self.server.clock(3600)
        page = self.sound(self.visitor().get("/transparency"))
        self.assertIn("Mittlere Zeit (Median) 14 Minuten", page.text)
        self.assertIn("Antwortquote 100,0 %", page.text)
        self.assertIn("Bücher Differenz 0", page.text)
        self.assertIn("Dauerhaft gelöst keine Daten", page.text)
        english = Visitor(self.server.address, language="en").get("/transparency")
        self.assertIn("Answer quota 100.0 %", english.text)


    def test_who_asks_while_one_works_them_out_gets_the_old_ones(self):
        self.check(self.admin.patch("/public-pages", {"transparency": True}), 200)
        old = self.sound(self.visitor().get("/transparency"))
        self.server.clock(7200)
        now = int(self.server.now.timestamp() * 1000)
        turn = ("UPDATE page_cache SET made_at = %d WHERE name = 'figures turn'")
        self.store.sql(turn % now)
        self.assertEqual(self.visitor().get("/transparency").text, old.text)
        self.server.clock(61)
        self.assertNotEqual(self.visitor().get("/transparency").text, old.text,
                            "whoever had the turn did not come back")

    def test_who_asks_while_one_counts_for_the_first_time_is_told_so_and_counts_nothing(self):
        self.check(self.admin.patch("/public-pages", {"transparency": True}), 200)
        self.sound(self.visitor().get("/transparency"))
        now = int(self.server.now.timestamp() * 1000)
        self.store.sql("DELETE FROM page_cache WHERE name = 'figures'")
        self.store.sql("UPDATE page_cache SET made_at = %d WHERE name = 'figures turn'" % now)
        page = self.sound(self.visitor().get("/transparency"), 503)
        self.assertIn("werden gerade zusammengestellt", page.text)
        self.assertEqual(page.headers["Retry-After"], "5")
        self.assertNotIn("keine Daten", page.text, "a figure that nobody counted")
        self.server.clock(61)
        self.assertIn("keine Daten", self.sound(self.visitor().get("/transparency")).text)


class SeveralWorkspaces(Public):
    def test_addresses_without_a_name_are_for_one_organisation_alone(self):
        self.sound(self.visitor().get("/contact"))
        self.store.run("user", "add", "fern@firm.example", "--name", "Fern", "--role",
                       "administrator", "--password-stdin", "--new-workspace",
                       "--workspace", "fern", stdin=PASSWORD + "\n")
        self.sound(self.visitor().get("/contact"), 404)
        self.sound(self.visitor().get("/w/default/contact"))
        self.sound(self.visitor().get("/w/fern/contact"), 404)
        self.sound(self.visitor().get("/w/nobody/contact"), 404)
        thread, _ = self.thread("Rosa", "hallo")
        self.sound(self.visitor().get(f"/p/{thread}"))


class Canaries(Desk):
    def test_no_address_note_number_or_secret_is_on_any_public_page(self):
        self.check(self.admin.patch("/public-pages", {
            "transparency": True, "imprint": IMPRINT.replace("Ada Admin", "der Leitung")}), 200)
        author = {"external_id": "u-can", "handle": "canary.person@example.org", "name": "Sam"}
        thread, case = self.thread("Sam", "Konto DE02120300000000202051, Tel 0171 2345678, "
                                   "canary.person@example.org, Bestellung 0815-4711-99",
                                   author=author)
        self.act(self.eva, case, "notes", {"body": "canary-note"})
        self.reply(self.eva, case, "canary-private", "private")
        self.reply(self.eva, case, "Schreiben Sie eva@example.org zu 0815-4711-99")
        self.comment(thread, "Ich bin canary.person@example.org", name="canary.person@example.org",
                     email="canary.person@example.org")
        self.check(self.decide(self.held()[0]["message"]["id"]), 200)
        self.comment(thread, "canary-held", name="Tim")
        done, secret = self.write("Ich bin canary.person@example.org, 0171 2345678",
                                  name="Ute", email="canary.person@example.org")
        link = self.check(self.eva.post(f"/conversations/{case}/status-link"), 201)["address"]
        self.act(self.eva, case, "solve")
        self.act(self.eva, case, "close", {"reason": "no_answer_needed", "note": "canary-closing"},
                 (200, 201, 409))
        visitor = self.visitor()
        pages = [visitor.get(path) for path in (
            f"/p/{thread}", f"/p/{thread}?lang=en", f"/p/{thread}/report", "/contact",
            f"/contact/{self.desk['id']}", "/transparency", "/w/default/report", secret)] + [done]
        pages += [visitor.get(a) for a in pages[0].shape.links if "/report?m=" in a]
        for page in pages:
            self.sound(page)
            for canary in CANARIES:
                self.assertNotIn(canary, page.html.replace("https://example.org/", ""),
                                 page.path)
        mine = self.sound(visitor.get(link)).html
        for canary in CANARIES:
            if canary not in ("canary-private", "@example.org", "0815-4711-99"):  # said to Sam
                self.assertNotIn(canary, mine)
