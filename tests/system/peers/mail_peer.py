"""mail_peer.py - Dovecot and Exim on loopback, and the people who write to each other there.

Debian's packages `dovecot-imapd`, `dovecot-lmtpd` and `exim4-daemon-light` are what it is made of; without them
a test skips and says so. Everybody at example.org and example.com has a mailbox; what is for anywhere else
comes back. The people use Python's own programs for mail (smtplib, imaplib, email): nothing here is code of Draht.
"""
import email
import email.message
import email.policy
import email.utils
import imaplib
import os
import shutil
import smtplib
import socket
import ssl
import subprocess
import threading
import time
import unittest

PACKAGES = "dovecot-imapd dovecot-lmtpd exim4-daemon-light openssl"

DOVECOT = """
base_dir = {folder}/run
state_dir = {folder}/state
log_path = {folder}/dovecot.log
protocols = imap lmtp
listen = 127.0.0.1
ssl = required
ssl_cert = <{folder}/server.pem
ssl_key = <{folder}/server.key
ssl_min_protocol = TLSv1.2
first_valid_uid = 1
mail_location = maildir:~/Maildir
auth_mechanisms = {mechanisms}
{oauth}
passdb {{
  driver = passwd-file
  args = scheme=plain username_format=%u {folder}/users
}}
userdb {{
  driver = static
  args = uid=mail gid=mail home={folder}/boxes/%u
}}
service imap-login {{
  inet_listener imap {{
    port = {imap}
  }}
  inet_listener imaps {{
    port = {imaps}
    ssl = yes
  }}
}}
service lmtp {{
  inet_listener lmtp {{
    port = {lmtp}
  }}
}}
protocol lmtp {{
  auth_username_format = %Lu
  postmaster_address = postmaster@example.org
}}
namespace inbox {{
  inbox = yes
  mailbox Sent {{
    auto = create
    special_use = \\Sent
  }}
}}
"""

EXIM = """
spool_directory = {folder}/spool
log_file_path = {folder}/spool/exim-%slog
pid_file_path = {folder}/exim.pid
primary_hostname = mail.example.org
local_interfaces = 127.0.0.1
daemon_smtp_ports = {smtp} : {smtps}
tls_on_connect_ports = {smtps}
tls_advertise_hosts = *
tls_certificate = {folder}/server.pem
tls_privatekey = {folder}/server.key
auth_advertise_hosts = ${{if eq{{$tls_in_cipher}}{{}}{{}}{{*}}}}
host_lookup =
rfc1413_hosts =
smtp_accept_max = 100
message_size_limit = 60M
keep_environment =
acl_smtp_rcpt = accept
acl_smtp_data = accept
bounce_return_size_limit = 10K
qualify_domain = example.org
begin routers
here:
  driver = accept
  domains = example.org : example.com
  transport = boxes
nowhere:
  driver = redirect
  allow_fail
  data = :fail: 5.1.1 nobody of that name here
begin transports
boxes:
  driver = smtp
  protocol = lmtp
  hosts = 127.0.0.1
  hosts_override
  allow_localhost
  port = {lmtp}
  hosts_try_fastopen =
begin retry
* * F,1h,1m
begin authenticators
plain:
  driver = plaintext
  public_name = PLAIN
  server_prompts = :
  server_condition = ${{if eq{{$auth3}}{{${{readfile{{{folder}/password}}{{}}}}}}}}
  server_set_id = $auth2
token:
  driver = plaintext
  public_name = XOAUTH2
  server_prompts = :
  server_condition = ${{if match{{$auth1}}{{auth=Bearer access-}}}}
"""


TOKENS = """
passdb {{
  driver = oauth2
  mechanisms = xoauth2
  args = {folder}/tokens.conf
}}
"""

INTROSPECTION = """
introspection_mode = get
introspection_url = {url}/introspect?token=
force_introspection = yes
username_attribute = email
active_attribute = active
active_value = true
"""


def missing():
    """What cannot be started here, in words; empty when all is there."""
    lacks = [name for name in ("/usr/sbin/dovecot", "/usr/sbin/exim4", "/usr/bin/openssl") if not os.path.exists(name)]
    if not os.path.exists("/usr/lib/dovecot/lmtp") and "/usr/sbin/dovecot" not in lacks:
        lacks.append("dovecot's LMTP")
    if not lacks and os.getuid() != 0:
        return "mail servers of their own need the right to change users (root)"
    return f"no {', '.join(lacks)}: install {PACKAGES}" if lacks else ""


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def wait_for(probe, what, seconds=30):
    end = time.monotonic() + seconds
    while not (found := probe()):
        if time.monotonic() > end:
            raise AssertionError("waited too long for " + what)
        time.sleep(0.05)
    return found


def listens(port):
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0


class MailServer:
    """The whole peer in one folder. Stopped and started again it has the same mailboxes."""

    def __init__(self, folder, people=(), password="geheim & lang", tokens=""):
        lacks = missing()
        if lacks:
            raise unittest.SkipTest("not run: " + lacks)
        self.folder = os.path.join(folder, "mail")
        os.makedirs(self.folder + "/boxes")
        os.makedirs(self.folder + "/spool")
        os.chmod(os.path.dirname(self.folder), 0o755)
        shutil.chown(self.folder + "/boxes", "mail", "mail")
        shutil.chown(self.folder + "/spool", "Debian-exim", "Debian-exim")
        self.people = list(people)
        self.ports = {name: free_port() for name in ("imap", "imaps", "lmtp", "smtp", "smtps")}
        self.dovecot = self.exim = None
        self.make_certificates()
        self.set_password(password)
        self.configure(tokens)
        try:
            self.start()
        except AssertionError:
            self.kill()
            raise

    def make_certificates(self):
        """An authority of our own, and the server's certificate for 127.0.0.1."""
        def openssl(*arguments):
            subprocess.run(["openssl", *arguments], check=True, capture_output=True, cwd=self.folder, timeout=60)
        curve = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes"]
        openssl("req", "-x509", *curve, "-keyout", "ca.key", "-out", "ca.pem", "-days", "30", "-subj", "/CN=Peer CA",
                "-addext", "basicConstraints=critical,CA:TRUE")
        openssl("req", *curve, "-keyout", "server.key", "-out", "server.csr", "-subj", "/CN=mail.example.org")
        with open(self.folder + "/names", "w", encoding="ascii") as names:
            names.write("subjectAltName=IP:127.0.0.1,DNS:mail.example.org\n")
        openssl("x509", "-req", "-in", "server.csr", "-CA", "ca.pem", "-CAkey", "ca.key", "-CAcreateserial",
                "-out", "server.pem", "-days", "30", "-extfile", "names")
        shutil.chown(self.folder + "/server.key", "root", "Debian-exim")
        os.chmod(self.folder + "/server.key", 0o640)
        with open(self.folder + "/ca.pem", encoding="ascii") as file:
            self.authority = file.read()
        self.context = ssl.create_default_context(cafile=self.folder + "/ca.pem")

    def set_password(self, password):
        self.password = password
        with open(self.folder + "/password", "w", encoding="utf-8") as file:
            file.write(password)
        with open(self.folder + "/users", "w", encoding="utf-8") as file:
            for name in self.people:
                file.write(f"{name}:{{PLAIN}}{password}::::::\n")
        os.chmod(self.folder + "/users", 0o644)

    def configure(self, tokens):
        """`tokens`: the address of who says which tokens count; empty: passwords alone."""
        mechanisms, oauth = "plain login", ""
        if tokens:
            mechanisms, oauth = mechanisms + " xoauth2", TOKENS.format(folder=self.folder)
            with open(self.folder + "/tokens.conf", "w", encoding="utf-8") as file:
                file.write(INTROSPECTION.format(url=tokens))
        for name, text in (("dovecot", DOVECOT), ("exim", EXIM)):
            with open(f"{self.folder}/{name}.conf", "w", encoding="utf-8") as file:
                file.write(text.format(folder=self.folder, mechanisms=mechanisms, oauth=oauth, **self.ports))

    def start(self):
        self.dovecot = subprocess.Popen(["/usr/sbin/dovecot", "-F", "-c", self.folder + "/dovecot.conf"],
                                        stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, start_new_session=True)
        self.exim = subprocess.Popen(["/usr/sbin/exim4", "-C", self.folder + "/exim.conf", "-bdf", "-q1m"],
                                     stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, start_new_session=True)
        for name, port in self.ports.items():
            wait_for(lambda port=port: listens(port), f"{name} of the mail server")

    def kill(self):
        """Both are gone from one moment to the next; their files stay."""
        for process in (self.dovecot, self.exim):
            if process:
                try:
                    os.killpg(process.pid, 15 if process is self.dovecot else 9)
                except ProcessLookupError:
                    pass
                process.wait()
        self.dovecot = self.exim = None
        for port in self.ports.values():
            wait_for(lambda port=port: not listens(port), "the mail server to end")

    stop = kill

    def renew_password(self, password):
        """The old one counts no more, as soon as Dovecot has read its file again."""
        self.set_password(password)

        def counts():
            try:
                return self.client(self.people[0]).logout()
            except imaplib.IMAP4.error:
                return None
        wait_for(counts, "the new password to count")

    def count_anew(self, who):
        """As after a mailbox was moved to another server: the same mails, with other numbers."""
        box = f"{self.folder}/boxes/{who}/Maildir"
        for name in os.listdir(box):
            if name.startswith("dovecot"):
                os.remove(f"{box}/{name}")

    # People.

    def send(self, who, to, text, subject="", **fields):
        """A mail as a program of people writes it; gives its Message-ID."""
        mail = email.message.EmailMessage()
        mail["From"], mail["To"], mail["Subject"] = who, to, subject
        mail["Date"] = email.utils.formatdate()
        mail["Message-ID"] = fields.pop("message_id", None) or email.utils.make_msgid(domain="example.com")
        files, html = fields.pop("files", ()), fields.pop("html", "")
        for name, value in fields.items():
            mail[name.replace("_", "-")] = value
        mail.set_content(text)
        if html:
            mail.add_alternative(html, subtype="html")
        for name, content in files:
            mail.add_attachment(content, maintype="application", subtype="octet-stream", filename=name)
        self.send_bytes(email.utils.parseaddr(who)[1], to, mail.as_bytes())
        return mail["Message-ID"]

    def send_bytes(self, who, to, mail):
        before = len(self.box(to)) if to in self.people else 0
        with smtplib.SMTP("127.0.0.1", self.ports["smtp"]) as client:
            client.sendmail(who, [to], mail)
        if to in self.people:
            wait_for(lambda: len(self.box(to)) > before, "the mail to be delivered")

    def client(self, who):
        client = imaplib.IMAP4_SSL("127.0.0.1", self.ports["imaps"], ssl_context=self.context)
        client.login(who, self.password)
        return client

    def box(self, who, folder="INBOX"):
        """The mails of a folder, read by Python's own client."""
        client = self.client(who)
        client.select(folder, readonly=True)
        found = client.search(None, "ALL")[1][0].split()
        mails = [email.message_from_bytes(client.fetch(n, "(BODY.PEEK[])")[1][0][1], policy=email.policy.default)
                 for n in found]
        client.logout()
        return mails

    def wait_box(self, who, count, folder="INBOX"):
        return wait_for(lambda: len(mails := self.box(who, folder)) >= count and mails, f"{count} mails of {who}")


class Relay:
    """Stands before a port of the mail server, TLS on both sides; serve() has each talk."""

    def __init__(self, peer, port):
        self.peer, self.to = peer, peer.ports[port]
        self.context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        self.context.load_cert_chain(peer.folder + "/server.pem", peer.folder + "/server.key")
        self.socket = socket.create_server(("127.0.0.1", 0))
        self.port = self.socket.getsockname()[1]
        threading.Thread(target=self._accept, daemon=True).start()

    def stop(self):
        self.socket.close()

    def far(self):
        return socket.create_connection(("127.0.0.1", self.to))

    def client(self, raw):
        return self.context.wrap_socket(raw, server_side=True)

    def server(self, far):
        return self.peer.context.wrap_socket(far, server_hostname="127.0.0.1")

    def _accept(self):
        while True:
            try:
                client, _ = self.socket.accept()
            except OSError:
                return
            threading.Thread(target=self.serve, args=(client,), daemon=True).start()


class Between(Relay):
    """Stands before the way out, and loses what it is told to lose."""

    def __init__(self, peer):
        self.faults = []
        super().__init__(peer, "smtps")

    def serve(self, raw):
        try:
            with self.client(raw) as client, self.server(self.far()) as server:
                self._talk(client.makefile("rb"), client, server.makefile("rb"), server)
        except OSError:
            pass

    def _answer(self, reader, client):
        """One answer of the server, all its lines; the last one."""
        while line := reader.readline():
            client.sendall(line)
            if line[3:4] != b"-":
                return line
        return b""

    def _talk(self, mine, client, theirs, server):
        self._answer(theirs, client)
        while line := mine.readline():
            server.sendall(line)
            if self._answer(theirs, client).startswith(b"354") and not self._carry(mine, theirs, client, server):
                return

    def _carry(self, mine, theirs, client, server):
        """The mail itself. "451": not taken for now; "cut": it ends in the middle; "lost": it arrives, and nobody
        hears of it; "hang": nor does the connection end."""
        fault = self.faults.pop(0) if self.faults else ""
        lines = []
        while (line := mine.readline()) not in (b"", b".\r\n"):
            lines.append(line)
        if fault == "451":
            client.sendall(b"451 4.7.1 later, please\r\n")
            return False
        if fault == "cut":
            server.sendall(b"".join(lines[:len(lines) // 2]))
            return False
        server.sendall(b"".join(lines) + b".\r\n")
        if fault in ("lost", "hang"):
            theirs.readline()
            if fault == "hang":
                mine.read()
            return False
        self._answer(theirs, client)
        return True


class ReadingBetween(Relay):
    """Stands before the mailbox and knows who waits there with IDLE.

    `hide` takes IDLE out of what is offered; `deaf` are the talks whose answers go nowhere any more, without an
    end; `say` puts words of its own into one; `cut` ends all talks.
    """

    def __init__(self, peer):
        self.hide, self.talks = False, []
        super().__init__(peer, "imaps")

    def stop(self):
        super().stop()
        self.cut()

    def idle(self):
        """The talks in which somebody waits."""
        return [talk for talk in self.talks if talk["idle"] and not talk["over"]]

    def wait_idle(self, count=1):
        return wait_for(lambda: len(found := self.idle()) == count and (found or True), f"{count} waiting with IDLE")

    def deafen(self):
        for talk in self.idle():
            talk["deaf"] = True

    def say(self, talk, words):
        talk["client"].sendall(words)

    def cut(self):
        for talk in self.talks:
            self._end(talk)

    @staticmethod
    def _end(talk):
        talk["over"] = True
        for side in ("raw", "far"):
            try:
                talk[side].shutdown(socket.SHUT_RDWR)
            except (KeyError, OSError):
                pass

    def serve(self, raw):
        talk = {"idle": False, "deaf": False, "over": False, "raw": raw}
        try:
            talk["far"] = self.far()
            client, server = self.client(raw), self.server(talk["far"])
            talk.update(raw=client, far=server, client=client)
            self.talks.append(talk)
            back = threading.Thread(target=self._back, args=(talk, server, client), daemon=True)
            back.start()
            for line in client.makefile("rb"):
                if not talk["deaf"]:
                    server.sendall(line)
                if line.rstrip().upper().endswith(b" IDLE"):
                    talk["idle"] = True
        except OSError:
            pass
        self._end(talk)

    def _back(self, talk, server, client):
        try:
            for line in server.makefile("rb"):
                if self.hide and b"CAPABILITY" in line:
                    line = line.replace(b" IDLE", b"")
                if not talk["deaf"]:
                    client.sendall(line)
        except (OSError, ValueError):
            pass
        self._end(talk)
