"""public_talk.py - the page of a public thread: what stands there, and comments on it."""
import base64
import urllib.parse

from case import DrahtTest
from harness import DAY, PASSWORD
from public_pages import IMPRINT, Public
from visitor import Visitor


class WhatStandsThere(Public):
    def test_nothing_private_internal_or_unsaid_is_on_the_page(self):
        thread, case = self.thread("Lea", "Meine Rechnung stimmt nicht")
        self.reply(self.eva, case, "canary-private nur für Lea", "private")
        self.act(self.eva, case, "notes", {"body": "canary-note Lea ist wichtig"})
        self.reply(self.eva, case, "canary-planned morgen", send_after="2026-11-20T00:00:00Z")
        page = self.sound(self.visitor().get(f"/p/{thread}"))
        self.assertNotIn("canary", page.html)
        self.assertIn("1 Beitrag ·", page.text)

    def test_a_reply_that_waits_for_approval_is_not_said_yet(self):
        self.store.add_user("toni@example.org", "trainee", "Toni Trainee")
        toni = self.server.client(self.store.token("toni@example.org"))
        thread, case = self.thread("Mia", "Wo bleibt mein Paket?")
        sent = self.reply(toni, case, "canary-held Entwurf von Toni")
        self.assertNotIn("canary-held", self.visitor().get(f"/p/{thread}").html)
        self.check(self.admin.post(f"/outbox/{sent['outbox']['id']}/approve"), 200)
        self.assertIn("canary-held", self.visitor().get(f"/p/{thread}").html)

    def test_addresses_accounts_and_numbers_in_texts_are_masked_and_kept_for_us(self):
        body = ("Schreibt mir an canary.person@example.org oder 0171 2345678, "
                "Konto DE02 1203 0000 0000 2020 51, Bestellung 2024-0815, am 02.11.2026")
        thread, case = self.thread("Nele", body)
        page = self.visitor().get(f"/p/{thread}")
        for secret in ("canary.person", "example.org oder", "0171", "DE02", "0815"):
            self.assertNotIn(secret, page.text)
        self.assertIn("[E-Mail-Adresse ausgeblendet]", page.text)
        self.assertIn("[Bankverbindung ausgeblendet]", page.text)
        self.assertIn("am 02.11.2026", page.text)
        self.assertEqual(self.open(case)["messages"][0]["body"], body)

    def test_markup_from_outside_is_text(self):
        evil = "<script>alert(1)</script><img src=x onerror=alert(1)>\"'&\u202e"
        thread, _ = self.thread("Olga <b>x</b>", evil)
        page = self.sound(self.visitor().get(f"/p/{thread}"))
        self.assertIn("<script>alert(1)</script>", page.text)
        self.assertIn("&lt;script&gt;", page.html)
        self.assertNotIn("\u202e", page.html)

    def test_removed_and_edited_messages_are_as_their_authors_want_them(self):
        thread, _ = self.thread("Paul", "Das ist falsch geschriben", external_id="paul-1")
        self.server.clock(60)
        self.say(self.service, "post of Paul", "Paul", "Das ist falsch geschrieben",
                 external_id="paul-1", edited_at="2026-11-02T07:30:00Z")
        page = self.visitor().get(f"/p/{thread}")
        self.assertIn("Das ist falsch geschrieben", page.text)
        self.assertNotIn("geschriben", page.text)
        self.assertIn("bearbeitet", page.text)
        self.say(self.service, "post of Paul", "Paul", "", external_id="paul-1",
                 removed_at="2026-11-02T08:00:00Z")
        page = self.visitor().get(f"/p/{thread}")
        self.assertNotIn("falsch", page.text)
        self.assertIn("Vom Verfasser entfernt.", page.text)

    def test_a_private_thread_a_listening_channel_and_a_strange_id_are_all_404(self):
        private, _ = self.thread("Rita", "nur für euch", visibility="private", kind="chat")
        listening = self.channel("Nur Ohren", mode="listen")
        self.say(listening, "lauter Post", "Sven", "hallo")
        heard = self.conversation(listening)["thread"]["id"]
        pages = [self.visitor().get(f"/p/{n}") for n in (private, heard, 99)]
        for page in pages:
            self.sound(page, 404)
            self.assertIn("Diese Seite gibt es nicht", page.text)
        self.assertEqual(len({page.text for page in pages}), 1, "it tells what exists")
        for path in ("/p/abc", "/p/%3Cscript%3E", "/contact/abc", "/w/default"):
            self.sound(self.visitor().get(path), 404)

    def test_the_page_can_be_switched_off_for_one_channel(self):
        thread, _ = self.thread("Tara", "hallo")
        at = f"/channels/{self.service['id']}/public-pages"
        self.check(self.admin.patch(at, {"threads": "off"}), 200)
        self.sound(self.visitor().get(f"/p/{thread}"), 404)
        self.assertEqual(self.eva.get(f"/threads/{thread}/public-page")["why_not"], "switched_off")
        self.check(self.admin.patch(at, {"threads": ""}), 200)
        self.sound(self.visitor().get(f"/p/{thread}"))

    def test_the_permalink_survives_restart_merge_and_close(self):
        first, one = self.thread("Uwe", "Erster Ort")
        self.say(self.service, "anderer Ort", "Uwe", "Zweiter Ort")
        other = self.conversation(self.service, "Uwe", "anderer Ort")
        self.assertEqual(self.visitor().get(f"/p/{one}").headers["Location"],
                         f"/p/{first}?moved=1", "the id of a case leads to its thread")
        self.act(self.eva, one, "merge", {"into": other["id"]})
        self.act(self.eva, other["id"], "close", {"reason": "no_answer_needed", "note": "x"})
        self.server.restart()
        moved = self.visitor().get(f"/p/{first}")
        self.assertEqual(moved.status, 302)
        page = self.sound(self.visitor().get(moved.headers["Location"]))
        self.assertIn("mit einem anderen zusammengelegt", page.text)
        self.assertIn("Zweiter Ort", page.text)
        self.assertIn("Abgeschlossen", page.text)

    def test_every_message_has_an_anchor_and_a_long_talk_has_parts(self):
        thread, _ = self.thread("Vera", "Anfang", external_id="vera-0")
        items = [self.item("post of Vera", f"P{n}", f"Stimme {n}", parent_external_id="vera-0")
                 for n in range(1, 230)]
        self.check(self.admin.post(f"/channels/{self.service['id']}/inbound", items), 202)
        page = self.sound(self.visitor().get(f"/p/{thread}"))
        self.assertEqual(page.html.count('class="message'), 200)
        last = [m for m in self.admin.get(f"/threads/{thread}")["messages"]
                if m["body"] == "Stimme 229"][0]["id"]
        page = self.visitor().get(f"/p/{thread}?m={last}")
        self.assertIn(f'id="m{last}"', page.html)
        self.assertIn("Frühere Beiträge", page.text)

    def test_files_of_what_can_be_read_are_given_out_so_that_they_do_no_harm(self):
        png = b"\x89PNG\r\n\x1a\n" + b"x" * 1500
        thread, case = self.thread("Sina", "Siehe Bild", external_id="sina-1", attachments=[
            {"name": "Rad 0171 2345678.png", "mime": "image/png",
             "base64": base64.b64encode(png).decode()},
            {"name": "<b>böse</b>.svg", "mime": "image/svg+xml",
             "base64": base64.b64encode(b"<svg onload=alert(1)>").decode()}])
        page = self.sound(self.visitor().get(f"/p/{thread}"))
        self.assertIn("Rad [Nummer ausgeblendet].png 2 KB", page.text)
        links = [a for a in page.shape.links if "/files/" in a]
        self.assertEqual(len(links), 2)
        picture, drawing = (self.visitor().get(at) for at in links)
        self.assertEqual((picture.status, picture.headers["Content-Type"]), (200, "image/png"))
        self.assertTrue(picture.headers["Content-Disposition"].startswith("inline"))
        self.assertNotIn("2345678", picture.headers["Content-Disposition"])
        self.assertEqual(drawing.headers["Content-Type"], "application/octet-stream")
        self.assertTrue(drawing.headers["Content-Disposition"].startswith("attachment"))
        for file in (picture, drawing):
            self.assertEqual(file.headers["X-Content-Type-Options"], "nosniff")
            self.assertEqual(file.headers["Content-Security-Policy"], "default-src 'none'; sandbox")
            self.assertEqual(file.headers["Cache-Control"], "no-store")
        # Not under another thread's address, nor one's own message's that is not there.
        other, _ = self.thread("Sinan", "anderes")
        number = links[0].rsplit("/", 1)[1]
        for at in (f"/p/{other}/files/{number}", f"/p/{thread}/files/99", f"/p/{thread}/files/x",
                   f"/s/{'x' * 43}/files/{number}"):
            self.sound(self.visitor().get(at), 404)

    def test_a_file_goes_with_the_message_that_is_hidden_private_or_not_said(self):
        file = {"name": "a.txt", "mime": "text/plain", "base64": "YQ=="}
        thread, case = self.thread("Tia", "Anfang", external_id="tia-1")
        self.say(self.service, "post of Tia", "Udo", "dazu", external_id="udo-1",
                 parent_external_id="tia-1", attachments=[file])
        shown = [a for a in self.visitor().get(f"/p/{thread}").shape.links if "/files/" in a]
        self.assertEqual(self.visitor().get(shown[0]).status, 200)
        message = [m for m in self.admin.get(f"/threads/{thread}")["messages"]
                   if m["body"] == "dazu"][0]
        self.check(self.decide(message["id"], "hide", reason="insult"), 200)
        self.sound(self.visitor().get(shown[0]), 404)
        self.check(self.decide(message["id"]), 200)
        self.assertEqual(self.visitor().get(shown[0]).status, 200)
        for how in ({"visibility": "private"}, {"send_after": "2027-11-20T00:00:00Z"}):
            own = self.check(self.eva.post("/attachments", file), 201)
            self.reply(self.eva, case, f"Antwort {how}", attachment_ids=[own["id"]], **how)
            self.sound(self.visitor().get(f"/p/{thread}/files/{own['id']}"), 404)
        own = self.check(self.eva.post("/attachments", file), 201)
        self.sound(self.visitor().get(f"/p/{thread}/files/{own['id']}"), 404)
        self.reply(self.eva, case, "offen", attachment_ids=[own["id"]])
        self.assertEqual(self.visitor().get(f"/p/{thread}/files/{own['id']}").status, 200)

    def test_an_address_fetches_120_files_a_minute(self):
        self.server.clock(3600)
        thread, _ = self.thread("Ulla", "Siehe", attachments=[
            {"name": "a.txt", "mime": "text/plain", "base64": "YQ=="}])
        at = [a for a in self.visitor().get(f"/p/{thread}").shape.links if "/files/" in a][0]
        statuses = [self.visitor().get(at).status for _ in range(121)]
        self.assertEqual((set(statuses[:120]), statuses[120]), ({200}, 429))

    def test_what_could_tell_readers_apart_ends_with_the_day_whether_or_not_somebody_comes(self):
        thread, _ = self.thread("Wanda", "Wer liest das?")
        self.visitor().get(f"/p/{thread}")
        count = lambda: [int(self.store.sql(f"SELECT COUNT(*) FROM {table}")[0][0])
                         for table in ("page_salt", "page_seen", "page_rate")]
        self.assertTrue(all(count()), "the control")
        left = DAY - self.server.now.timestamp() % DAY
        self.server.clock(left - 1)
        self.assertTrue(all(count()), "the day goes on")
        self.server.clock(2)
        self.assertEqual(count(), [0, 0, 0])
        self.assertEqual(self.eva.get(f"/threads/{thread}/public-page")["readers"], 1)

    def test_readers_are_counted_once_without_programs_and_staff(self):
        thread, _ = self.thread("Wim", "Wer liest das?")
        for visitor in (self.visitor(), self.visitor(), self.visitor(agent="Other/1.0"),
                        self.visitor(agent="Googlebot/2.1 (+http://www.google.com/bot.html)")):
            visitor.get(f"/p/{thread}")
        self.visitor().get(f"/p/{thread}", Sec_Purpose="prefetch")
        self.assertEqual(self.eva.get(f"/threads/{thread}/public-page")["readers"], 2)
        self.server.clock("2026-11-20T09:00:00Z")
        self.assertIn("3 Personen haben mitgelesen", self.visitor().get(f"/p/{thread}").text)

    def test_an_address_is_300_readers_an_hour_whatever_it_calls_itself(self):
        self.server.clock(3600)
        thread, _ = self.thread("Willi", "Wer liest das?")
        for number in range(301):
            self.visitor(agent=f"Name/{number}").get(f"/p/{thread}")
        self.assertEqual(self.eva.get(f"/threads/{thread}/public-page")["readers"], 300)
        self.visitor(agent="Name/301").get(f"/p/{thread}", X_Forwarded_For="192.0.2.1")
        self.assertEqual(self.eva.get(f"/threads/{thread}/public-page")["readers"], 301)
        self.server.clock(3600)
        self.visitor(agent="Name/302").get(f"/p/{thread}")
        self.assertEqual(self.eva.get(f"/threads/{thread}/public-page")["readers"], 302)

    def test_an_address_looks_at_1200_pages_a_minute(self):
        self.server.clock(3600)
        statuses = [self.visitor().get("/contact").status for _ in range(1201)]
        self.assertEqual((set(statuses[:1200]), statuses[1200]), ({200}, 429))
        other = self.visitor().get("/contact", X_Forwarded_For="192.0.2.1")
        self.assertEqual(other.status, 200)
        self.server.clock(60)
        self.sound(self.visitor().get("/contact"))

    def test_a_logged_in_browser_of_ours_is_no_reader(self):
        thread, _ = self.thread("Xenia", "Wer liest das?")
        staff = self.server.client()
        self.check(staff.login("eva@example.org", PASSWORD), 201)
        self.visitor().get(f"/p/{thread}", Cookie=staff.cookie)
        self.assertEqual(self.eva.get(f"/threads/{thread}/public-page")["readers"], 0)

    def test_the_language_follows_the_browser_and_the_link(self):
        thread, _ = self.thread("Yara", "hallo")
        english = self.sound(Visitor(self.server.address, language="en-GB").get(f"/p/{thread}"))
        self.assertIn('<html lang="en">', english.html)
        self.assertIn("Received, not answered yet", english.text)
        german = self.visitor().get(f"/p/{thread}")
        link = [a for a in german.shape.links if a.endswith("?lang=en")][0]
        self.assertIn("Write a comment", self.visitor().get(link).text)


class Comments(Public):
    def setUp(self):
        self.server.clock(3600)  # what was sent before counts no more

    def test_an_empty_comment_gives_the_page_back_with_the_text_and_names_the_field(self):
        thread, _ = self.thread()
        page = self.comment(thread, "bei mir half Neustart", name="")
        self.sound(page, 422)
        self.assertIn("Name: bitte ausfüllen.", page.text)
        self.assertEqual(page.form()["fields"]["text"], "bei mir half Neustart")
        page = self.comment(thread, "", name="Max")
        self.assertIn("Text: bitte ausfüllen.", page.text)
        self.assertEqual(page.form()["fields"]["name"], "Max")
        self.assertEqual(self.held(), [])

    def test_a_comment_waits_is_released_and_then_read_by_all(self):
        thread, _ = self.thread("Anna", "Geht nicht")
        done = self.comment(thread, "bei mir half Neustart", name="Mäge")
        self.sound(done)
        self.assertIn("wartet jetzt auf Freigabe", done.text)
        self.assertNotIn("Neustart", self.visitor().get(f"/p/{thread}").text)
        self.assertIn("1 wartet auf Freigabe", self.visitor().get(f"/p/{thread}").text)
        held = self.held()[0]["message"]
        self.assertEqual((held["body"], held["direction"], held["thread_id"]),
                         ("bei mir half Neustart", "other", thread))
        self.assertEqual(held["moderation"]["state"], "held")
        found = self.admin.get("/search", q="Maege")
        self.assertIn("Mäge", found.body.decode())
        self.problem(self.decide(held["id"], caller=self.eva), 403)
        self.check(self.decide(held["id"]), 200)
        page = self.visitor().get(f"/p/{thread}")
        self.assertIn("Mäge Dritter", page.text)
        self.assertIn("bei mir half Neustart", page.text)
        self.assertNotIn("wartet auf Freigabe", page.text)
        kinds = [e["kind"] for e in self.admin.all("/audit")]
        self.assertIn("message.held", kinds)
        self.assertIn("message.released", kinds)

    def test_hiding_needs_one_of_four_reasons_shows_it_and_takes_nothing_away(self):
        thread, _ = self.thread("Bea", "Frage")
        self.comment(thread, "Ihr seid alle doof", name="Rolf")
        message = self.held()[0]["message"]["id"]
        for reason in ("", "image", "unwelcome", "off_topic", "other"):
            refused = self.problem(self.decide(message, "hide", reason=reason), 422, "reason")
            self.assertEqual(refused["errors"][0]["code"], "no_reason_to_hide")
            self.assertIn("answered or left", refused["errors"][0]["message"])
        self.assertEqual([e["kind"] for e in self.admin.all("/audit")].count("message.hiding_refused"), 5)
        self.check(self.decide(message, "hide", reason="insult", note="canary-note"), 200)
        page = self.visitor().get(f"/p/{thread}")
        self.assertIn("Ausgeblendet. Grund: Beleidigung ohne Sachbezug.", page.text)
        self.assertIn("2 Beiträge, 1 ausgeblendet", page.text)
        self.assertNotIn("doof", page.html)
        self.assertNotIn("Rolf", page.html, "a name can be the insult")
        self.assertNotIn("canary-note", page.html)
        self.assertEqual(self.admin.get(f"/messages/{message}")["body"], "Ihr seid alle doof")
        self.check(self.decide(message, "unhide"), 200)
        self.assertIn("doof", self.visitor().get(f"/p/{thread}").text)
        self.problem(self.decide(message, "release"), 409)

    def test_hiding_the_only_message_of_a_concern_is_hidden_in_the_books(self):
        thread, case = self.thread("Cleo", "Frage")
        self.reply(self.eva, case, "Antwort von uns")
        page = self.visitor().get(f"/p/{thread}")
        ours = [m for m in self.admin.get(f"/threads/{thread}")["messages"]
                if m["direction"] == "out"][0]["id"]
        self.server.clock(5)
        self.visitor().submit(page, text="Werbung!", name="Spammer", answers_to=ours)
        message = self.held()[0]["message"]
        self.assertIsNotNone(message["conversation_id"], "an answer to us opens a concern")
        self.check(self.decide(message["id"], "hide", reason="spam"), 200)
        closed = self.open(message["conversation_id"])
        self.assertEqual((closed["state"], closed["close_reason"]), ("closed", "hidden"))
        self.check(self.decide(message["id"]), 200)
        self.assertEqual(self.open(message["conversation_id"])["state"], "open")

    def test_nobody_is_shown_at_once_because_of_a_name_and_an_address_that_were_typed(self):
        at = f"/channels/{self.service['id']}/public-pages"
        self.problem(self.admin.patch(at, {"comments": "known"}), 422, "comments")
        thread, _ = self.thread("Dora", "Frage")
        who = {"name": "Treu", "email": "canary.person@example.org"}
        self.assertIn("wartet", self.comment(thread, "erstes Mal", **who).text)
        self.check(self.decide(self.held()[0]["message"]["id"]), 200)
        self.assertIn("wartet", self.comment(thread, "in Treus Namen", **who).text)
        page = self.visitor().get(f"/p/{thread}")
        self.assertIn("erstes Mal", page.text)
        self.assertNotIn("in Treus Namen", page.text)
        waiting = self.held()[0]["message"]
        self.assertFalse(waiting["author"]["proved"])

    def test_a_form_that_comes_from_another_site_is_shown_by_us_first(self):
        thread, _ = self.thread("Dino", "Frage")
        visitor = self.visitor()
        page = visitor.get(f"/p/{thread}")
        self.server.clock(5)
        before = len(self.held())
        for number, headers in enumerate((
                {"Sec_Fetch_Site": "cross-site", "Origin": "https://evil.example"},
                {"Sec_Fetch_Site": "same-site"}, {"Origin": "https://evil.example"})):
            again = self.sound(visitor.submit(page, headers=headers, text="fremd", name="X"), 422)
            self.assertIn("kam von einer fremden Seite", again.text)
            self.assertEqual(again.form()["fields"]["text"], "fremd")
            self.assertNotEqual(again.form()["fields"]["ticket"][11:32],
                                page.form()["fields"]["ticket"][11:32])
            self.assertEqual(len(self.held()), before, headers)
        self.server.clock(5)
        host = "http://%s:%d" % self.server.address
        for number, headers in enumerate((
                {"Sec_Fetch_Site": "same-origin", "Origin": "null"}, {"Origin": host})):
            self.sound(visitor.submit(again, headers=headers, text=f"von hier {number}", name="X"))
        self.assertEqual(len(self.held()), before + 2)

    def test_pressing_twice_makes_one_comment_and_two_texts_make_two(self):
        thread, _ = self.thread("Ella", "Frage")
        visitor = self.visitor()
        page = visitor.get(f"/p/{thread}")
        self.server.clock(5)
        for text in ("einmal", "einmal", "und noch etwas"):
            self.sound(visitor.submit(page, text=text, name="Doppel"))
        mine = [i["message"] for i in self.held() if i["message"]["author"]["name"] == "Doppel"]
        self.assertEqual(sorted(m["body"] for m in mine), ["einmal", "und noch etwas"])
        self.assertEqual(len({m["author"]["person_id"] for m in mine}), 1)

    def test_what_is_sent_at_once_is_asked_about_and_then_taken(self):
        thread, _ = self.thread("Fips", "Frage")
        visitor = self.visitor()
        page = visitor.submit(visitor.get(f"/p/{thread}"), text="sehr schnell", name="Flink")
        self.sound(page, 422)
        self.assertIn("noch einmal senden", page.text)
        self.assertEqual(page.form()["fields"]["text"], "sehr schnell")
        self.sound(visitor.submit(page))
        self.assertEqual(self.held()[0]["message"]["body"], "sehr schnell")

    def test_the_field_that_people_do_not_see_stops_programs_and_loses_no_text(self):
        thread, _ = self.thread("Gabi", "Frage")
        page = self.comment(thread, "kauft hier", name="Bot", website="http://spam.example")
        self.sound(page, 422)
        self.assertEqual(page.form()["fields"]["text"], "kauft hier")
        self.assertNotIn("kauft hier", [i["message"]["body"] for i in self.held()])

    def test_a_form_of_another_thread_or_without_a_ticket_is_not_taken(self):
        one, _ = self.thread("Hans", "Frage")
        other, _ = self.thread("Ines", "Frage")
        visitor = self.visitor()
        foreign = visitor.get(f"/p/{one}").form()["fields"]["ticket"]
        self.server.clock(5)
        for ticket in (foreign, "", "AAAA", foreign[:-2] + "xx"):
            page = visitor.submit(visitor.get(f"/p/{other}"), text="x", name="y", ticket=ticket)
            self.sound(page, 422)
            self.assertIn("lange geöffnet", page.text)
        self.assertNotIn("x", [i["message"]["body"] for i in self.held()])

    def test_texts_and_names_have_a_ceiling(self):
        thread, _ = self.thread("Jana", "Frage")
        self.sound(self.comment(thread, "ä" * 5000, name="n" * 80))
        page = self.comment(thread, "ä" * 5001, name="n" * 81)
        self.sound(page, 422)
        self.assertIn("Text: das ist zu lang.", page.text)
        self.assertIn("Name: das ist zu lang.", page.text)
        self.assertEqual(page.form()["fields"]["text"], "ä" * 5001)

    def test_comments_can_be_switched_off(self):
        thread, _ = self.thread("Kai", "Frage")
        page = self.visitor().get(f"/p/{thread}")
        at = f"/channels/{self.service['id']}/public-pages"
        self.check(self.admin.patch(at, {"comments": "off"}), 200)
        self.assertEqual(self.visitor().get(f"/p/{thread}").shape.forms, [])
        self.server.clock(5)
        self.sound(self.visitor().submit(page, text="x", name="y"), 404)
        self.check(self.admin.patch(at, {"comments": ""}), 200)

    def test_a_reply_to_a_comment_stands_on_the_page_and_is_not_sent_to_the_network(self):
        thread, case = self.thread("Liam", "Frage")
        self.reply(self.eva, case, "Unsere Antwort")
        ours = [m for m in self.admin.get(f"/threads/{thread}")["messages"]
                if m["direction"] == "out"][0]["id"]
        page = self.visitor().get(f"/p/{thread}")
        self.server.clock(5)
        self.visitor().submit(page, text="Und was ist mit mir?", name="Kim", answers_to=ours)
        message = [i["message"] for i in self.held() if i["message"]["author"]["name"] == "Kim"][0]
        self.check(self.decide(message["id"]), 200)
        sent = self.reply(self.eva, message["conversation_id"], "Auch dir helfen wir")
        boxes = {b["id"]: b for b in self.settled()}
        self.assertEqual(boxes[sent["outbox"]["id"]]["how"], "no_address")
        self.assertIn("Auch dir helfen wir", self.visitor().get(f"/p/{thread}").text)


class TooOften(Public):
    def test_the_eleventh_comment_within_an_hour_waits_and_keeps_its_text(self):
        thread, _ = self.thread()
        visitor = self.visitor()
        pages = [visitor.get(f"/p/{thread}") for _ in range(11)]
        self.server.clock(5)
        for number, page in enumerate(pages[:10]):
            self.sound(visitor.submit(page, text=f"Nummer {number}", name="Viel"))
        page = visitor.submit(pages[10], text="Nummer 11", name="Viel")
        self.sound(page, 429)
        self.assertEqual(page.form()["fields"]["text"], "Nummer 11")
        elsewhere = visitor.send("POST", page.form()["action"], urllib.parse.urlencode(
            {**page.form()["fields"], "text": "von anderswo"}), X_Forwarded_For="spoofed, 203.0.113.7",
            Content_Type="application/x-www-form-urlencoded")
        self.sound(elsewhere)
        self.server.clock(3600)
        self.sound(visitor.submit(page))
        self.assertEqual(len(self.held()), 12)


class NoImprint(DrahtTest):
    def test_without_an_imprint_there_is_no_public_page_but_the_chat_can_be_loaded(self):
        service = self.channel("Service hilft")
        form = self.check(self.admin.post("/channels", {
            "network": "form", "name": "Formular", "mode": "dialogue", "settings": {}}), 201)
        self.check(self.admin.patch("/public-pages", {"threads": True, "transparency": True}), 200)
        self.say(service, "post", "Jonas", "hallo")
        thread = self.conversation(service)["thread"]["id"]
        visitor = Visitor(self.server.address)
        paths = [f"/p/{thread}", "/contact", f"/contact/{form['channel']['id']}", "/transparency",
                 "/w/default/contact", "/s/" + "a" * 43]
        for path in paths:
            self.assertEqual(visitor.get(path).status, 404, path)
        self.assertEqual(self.admin.get(f"/threads/{thread}/public-page")["why_not"], "no_imprint")
        if "without its user interface" not in visitor.get("/").html:
            self.assertEqual(visitor.get("/widget.js").status, 200)
        self.check(self.admin.patch("/public-pages", {"imprint": IMPRINT}), 200)
        for path in paths[:-1]:
            self.assertEqual(visitor.get(path).status, 200, path)
        self.check(self.admin.patch("/public-pages", {"imprint": " \n"}), 200)
        self.assertEqual(visitor.get(paths[0]).status, 404)
