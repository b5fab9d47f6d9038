"""accounts.py - logging in and out, second factors, links that work once, guessing."""
from case import DrahtTest
from client import totp
from harness import DAY, HOUR, MINUTE, PASSWORD


class Accounts(DrahtTest):
    people = {"eva": "agent"}

    def browser(self, email="eva@example.org", password=PASSWORD, **more):
        client = self.server.client()
        self.check(client.login(email, password, **more), 201)
        return client


class Sessions(Accounts):
    def test_the_cookie_is_out_of_reach_of_scripts_and_other_sites(self):
        client = self.server.client()
        answer = self.check(client.login("eva@example.org", PASSWORD), 201)
        cookie = answer.headers["Set-Cookie"]
        self.assertIn("HttpOnly", cookie)
        self.assertIn("SameSite=Strict", cookie)
        self.assertEqual(answer["account"]["email"], "eva@example.org")
        me = self.check(client.get("/me"), 200)
        self.assertEqual((me["account"]["role"]["slug"], me["csrf_token"]),
                         ("agent", answer["csrf_token"]))

    def test_my_sessions_are_listed_and_each_can_be_revoked(self):
        first, second = self.browser(), self.browser()
        listed = first.get("/sessions")["items"]
        self.assertEqual(sum(s["current"] for s in listed), 1)
        other = [s for s in second.get("/sessions")["items"] if s["current"]][0]
        self.assertEqual(other["address"], "127.0.0.1")
        self.check(first.delete(f"/sessions/{other['id']}"), 204)
        self.assertEqual(second.get("/me").status, 401)
        self.check(first.delete("/sessions/current"), 204)
        self.assertEqual(first.get("/me").status, 401)

    def test_nobody_revokes_the_session_of_another(self):
        eva, ada = self.browser(), self.browser("admin@example.org")
        foreign = [s for s in ada.get("/sessions")["items"] if s["current"]][0]["id"]
        self.assertIn(eva.delete(f"/sessions/{foreign}").status, (403, 404))
        self.assertEqual(ada.get("/me").status, 200)

    def test_a_new_password_ends_all_other_sessions_and_rotates_this_one(self):
        self.store.add_user("neu@example.org")
        one, two = self.browser("neu@example.org"), self.browser("neu@example.org")
        old_cookie = one.cookie
        self.problem(one.patch("/me", {"password": "Ein ganz neuer Satz", "current_password": "x"}),
                     422, "current_password")
        self.problem(one.patch("/me", {"password": "kurz", "current_password": PASSWORD}),
                     422, "password")
        answer = self.check(one.patch("/me", {"password": "Ein ganz neuer Satz",
                                              "current_password": PASSWORD}), 200)
        one.csrf = answer["csrf_token"]
        self.assertEqual((one.get("/me").status, two.get("/me").status), (200, 401))
        self.assertNotEqual(one.cookie, old_cookie)
        one.cookie = old_cookie
        self.assertEqual(one.get("/me").status, 401)
        self.assertEqual(self.server.client().login("neu@example.org", PASSWORD).status, 401)
        self.browser("neu@example.org", "Ein ganz neuer Satz")

    def test_a_disabled_account_is_out_at_once(self):
        self.store.add_user("weg@example.org")
        client = self.browser("weg@example.org")
        account = client.get("/me")["account"]["id"]
        self.check(self.admin.patch(f"/users/{account}", {"disabled": True}), 200)
        self.assertEqual(client.get("/me").status, 401)
        self.assertEqual(self.server.client().login("weg@example.org", PASSWORD).status, 401)

    def test_the_last_administrator_cannot_be_locked_out(self):
        me = self.accounts["admin"]
        self.problem(self.admin.patch(f"/users/{me}", {"disabled": True}), 409)
        self.problem(self.admin.patch(f"/users/{me}", {"role": "reader"}), 409)


class Guessing(Accounts):
    def test_an_unknown_address_and_a_wrong_password_look_the_same(self):
        client = self.server.client()
        wrong = client.login("eva@example.org", "falsch falsch")
        unknown = client.login("niemand@example.org", "falsch falsch")
        self.problem(wrong, 401)
        self.assertEqual((wrong.json.get("detail"), wrong.fields()),
                         (unknown.json.get("detail"), unknown.fields()))

    def test_guessing_is_slowed_and_does_not_lock_the_owner_out(self):
        self.store.add_user("ziel@example.org")
        known = self.browser("ziel@example.org")
        statuses = []
        for n in range(40):
            answer = self.server.client().login("ziel@example.org", f"geraten {n}")
            statuses.append(answer.status)
            if answer.status == 429:
                break
        self.assertEqual(statuses[-1], 429, "forty guesses were free")
        self.assertGreaterEqual(int(answer.headers["Retry-After"]), 1)
        self.assertEqual(known.get("/me").status, 200, "the owner's session was ended")
        self.server.clock(min(int(answer.headers["Retry-After"]), HOUR))
        self.browser("ziel@example.org")


class SecondFactor(Accounts):
    def code(self, secret):
        return totp(secret, self.server.now.timestamp())

    def test_a_code_is_asked_for_used_once_and_replaced_by_recovery_codes(self):
        self.store.add_user("sicher@example.org")
        client = self.browser("sicher@example.org")
        self.problem(client.post("/me/totp"), 422, "password")
        self.problem(client.post("/me/totp", {"password": "falsch"}), 422, "password")
        made = self.check(client.post("/me/totp", {"password": PASSWORD}), 201)
        self.assertTrue(made["uri"].startswith("otpauth://totp/"))
        secret = made["secret"]
        self.assertFalse(client.get("/me")["account"]["totp_enabled"], "not yet confirmed")
        self.problem(client.post("/me/totp/confirm", {"code": "000000"}), 422, "code")
        codes = self.check(client.post("/me/totp/confirm", {"code": self.code(secret)}),
                           200)["recovery_codes"]
        self.assertEqual(len(set(codes)), 10)
        login = self.server.client().login
        self.problem(login("sicher@example.org", PASSWORD), 401, "code")
        self.server.clock(MINUTE)
        code = self.code(secret)
        self.check(login("sicher@example.org", PASSWORD, code), 201)
        self.problem(login("sicher@example.org", PASSWORD, code), 401)
        self.check(login("sicher@example.org", PASSWORD, codes[0]), 201)
        self.problem(login("sicher@example.org", PASSWORD, codes[0]), 401)
        self.problem(client.delete("/me/totp", {"password": "falsch"}), 422, "password")
        self.check(client.delete("/me/totp", {"password": PASSWORD}), 200, 204)
        self.check(login("sicher@example.org", PASSWORD), 201)


class Links(Accounts):
    def token(self, url):
        return url.rstrip("/").replace("?", "/").replace("token=", "").split("/")[-1]

    def test_an_invitation_works_once(self):
        answer = self.check(self.admin.post("/users", {
            "email": "neu2@example.org", "name": "Neu Zwei", "role": "trainee"}), 201)
        token = self.token(answer["invitation_url"])
        self.assertEqual(self.server.client().login("neu2@example.org", "").status // 100, 4)
        nobody = self.server.client()
        shown = self.check(nobody.get(f"/links/{token}"), 200)
        self.assertEqual((shown["kind"], shown["email"]), ("invitation", "neu2@example.org"))
        self.problem(nobody.post(f"/links/{token}", {"password": "kurz"}), 422, "password")
        taken = self.check(nobody.post(f"/links/{token}", {"password": PASSWORD}), 201)
        nobody.csrf = taken["csrf_token"]
        self.assertEqual(nobody.get("/me")["account"]["email"], "neu2@example.org")
        self.problem(self.server.client().post(f"/links/{token}", {"password": PASSWORD}), 404)
        self.browser("neu2@example.org")

    def test_a_reset_ends_the_old_password_and_expires(self):
        self.store.add_user("alt@example.org")
        client = self.browser("alt@example.org")
        account = client.get("/me")["account"]["id"]
        url = self.check(self.admin.post(f"/users/{account}/reset"), 201)["reset_url"]
        self.check(self.server.client().post(f"/links/{self.token(url)}",
                                             {"password": "Nach dem Vergessen"}), 201)
        self.assertEqual(client.get("/me").status, 401)
        self.assertEqual(self.server.client().login("alt@example.org", PASSWORD).status, 401)
        self.browser("alt@example.org", "Nach dem Vergessen")
        late = self.token(self.check(self.admin.post(f"/users/{account}/reset"), 201)["reset_url"])
        self.server.clock(60 * DAY)
        self.problem(self.server.client().post(f"/links/{late}", {"password": PASSWORD}), 404)

    def test_an_address_is_invited_once(self):
        self.problem(self.admin.post("/users", {"email": "EVA@example.org", "name": "Zweite",
                                                "role": "agent"}), 409)

    def test_draht_user_password_sets_a_new_one_while_the_server_runs(self):
        self.store.add_user("passwort@example.org")
        self.store.run("user", "password", "passwort@example.org", "--password-stdin",
                       stdin="Vom Betreiber gesetzt\n")
        self.assertEqual(self.server.client().login("passwort@example.org", PASSWORD).status, 401)
        self.browser("passwort@example.org", "Vom Betreiber gesetzt")
