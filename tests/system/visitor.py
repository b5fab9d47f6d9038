"""visitor.py - somebody outside with a browser and no script: pages, links, forms."""
import html
import html.parser
import http.client
import re
import secrets
import urllib.parse

BROWSER = "Mozilla/5.0 (X11; Linux x86_64; rv:128.0) Gecko/20100101 Firefox/128.0"
VOID = {"meta", "link", "br", "input", "img", "hr"}


class Shape(html.parser.HTMLParser):
    """Links, forms and ids of a page; `open` must be empty at the end of a sound one."""

    def __init__(self):
        super().__init__(convert_charrefs=True)
        self.open, self.broken, self.ids = [], [], []
        self.forms, self.links, self.tags, self.attributes = [], [], set(), set()
        self.field = None

    def handle_starttag(self, tag, attrs):
        attrs = {name: value or "" for name, value in attrs}
        self.tags.add(tag)
        self.attributes |= set(attrs)
        if tag not in VOID:
            self.open.append(tag)
        if "id" in attrs:
            self.ids.append(attrs["id"])
        if tag == "a" and "href" in attrs:
            self.links.append(attrs["href"])
        if tag == "form":
            self.forms.append({"action": attrs["action"], "fields": {}})
        if tag in ("input", "select", "textarea") and self.forms and "name" in attrs:
            self.field = attrs["name"]
            self.forms[-1]["fields"][self.field] = attrs.get("value", "")
        if tag == "option" and "selected" in attrs:
            self.forms[-1]["fields"][self.field] = attrs["value"]

    def handle_data(self, data):
        if self.open and self.open[-1] == "textarea":
            fields = self.forms[-1]["fields"]
            fields[self.field] = (fields[self.field] + data).lstrip("\n")

    def handle_endtag(self, tag):
        if not self.open or self.open.pop() != tag:
            self.broken.append(tag)


class Page:
    def __init__(self, reply, path):
        self.status, self.headers, self.path = reply.status, reply.headers, path
        self.body = reply.read()
        self.html = self.body.decode("utf-8", "replace")
        self.shape = Shape()
        self.shape.feed(self.html)

    @property
    def text(self):
        """What can be read, with single blanks."""
        body = re.sub(r"<head>.*?</head>", " ", self.html, flags=re.S)
        body = re.sub(r"<br>\s*", " ", body)
        return " ".join(html.unescape(re.sub(r"<[^>]*>", "", body)).split())

    def form(self, number=0):
        return self.shape.forms[number]

    def __repr__(self):
        return f"{self.status} {self.path}: {self.text[:800]}"


class Visitor:
    """No cookie, a browser's name, and a language."""

    def __init__(self, address, language="de-DE,de;q=0.9,en;q=0.8", agent=BROWSER):
        self.host, self.port = address
        self.language, self.agent = language, agent

    def send(self, method, path, body=None, **headers):
        out = {"Accept-Language": self.language}
        if self.agent:
            out["User-Agent"] = self.agent
        out.update({name.replace("_", "-"): value for name, value in headers.items()})
        connection = http.client.HTTPConnection(self.host, self.port, timeout=30)
        try:
            connection.request(method, path, body, out)
            return Page(connection.getresponse(), path)
        finally:
            connection.close()

    def get(self, path, **headers):
        return self.send("GET", path, **headers)

    def submit(self, page, number=0, follow=True, headers=None, **values):
        """Fill in a form of a page and press its button."""
        form = page.form(number)
        fields = {**form["fields"], **values}
        answer = self.send("POST", form["action"], urllib.parse.urlencode(fields),
                           Content_Type="application/x-www-form-urlencoded",
                           **(headers or {"Origin": "null"}))
        if follow and answer.status == 303:
            return self.get(answer.headers["Location"])
        return answer

    def submit_files(self, page, files, **values):
        """The same as multipart/form-data; files: (name, mime, bytes)."""
        form = page.form()
        boundary = secrets.token_hex(16)
        body = b""
        for name, value in {**form["fields"], **values}.items():
            if name != "files":
                body += (f'--{boundary}\r\nContent-Disposition: form-data; name="{name}"'
                         f"\r\n\r\n{value}\r\n").encode()
        for name, mime, content in files:
            body += (f'--{boundary}\r\nContent-Disposition: form-data; name="files"; '
                     f'filename="{name}"\r\nContent-Type: {mime}\r\n\r\n').encode()
            body += content + b"\r\n"
        return self.send("POST", form["action"], body + f"--{boundary}--\r\n".encode(),
                         Content_Type=f"multipart/form-data; boundary={boundary}")
