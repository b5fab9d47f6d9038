"""peers.py - Redmine and Request Tracker from Debian's packages, on loopback.

Each runs from a folder of its own with a SQLite data base of its own, which is a copy of
the empty one that its package makes, so nothing that is installed is touched. Tickets are
copied in by SQL from one that the program itself has made.
"""
import json
import os
import shutil
import sqlite3
import subprocess

import bench
import load

PASSWORD = "Bench-2026-pass"


def install():
    """False, after saying why: they cannot be had here."""
    done = subprocess.run([os.path.join(bench.ROOT, "tools", "setup"), "bench"])
    if done.returncode:
        bench.skip("the peers cannot be installed (tools/setup bench says why)")
    return done.returncode == 0


def run(arguments, **how):
    done = subprocess.run(arguments, capture_output=True, text=True, **how)
    if done.returncode:
        raise SystemExit(f"{arguments[0]}: {done.stdout[-500:]}{done.stderr[-1500:]}")
    return done.stdout


def copy_row(database, table, row_id, **changes):
    """Insert a copy of a row with other values; `changes` may be expressions on ?."""
    names = [name for _, name, *_ in database.execute(f"PRAGMA table_info({table})") if name != "id"]
    values = [changes.get(name, name) for name in names]
    database.execute(f"INSERT INTO {table} ({', '.join(names)}) SELECT {', '.join(map(str, values))} "
                     f"FROM {table} WHERE id = {row_id}")


class Redmine:
    name = "Redmine"
    SETUP = """
Redmine::DefaultData::Loader.load('en') if Redmine::DefaultData::Loader.no_data?
Setting.rest_api_enabled = '1'
Setting.notified_events = []
admin = User.find_by_login('admin')
admin.must_change_passwd = false
admin.save!(validate: false)
project = Project.new(name: 'Bench', identifier: 'bench')
project.trackers = Tracker.all
project.enabled_module_names = ['issue_tracking']
project.save!
issue = Issue.create!(project: project, tracker: Tracker.first, status: IssueStatus.first,
                      priority: IssuePriority.first, author: admin, subject: 'x', description: 'x')
issue.reload
issue.init_journal(admin, 'x')
issue.save!
puts [admin.api_key, project.id, issue.id].join(' ')
"""

    def __init__(self, folder):
        self.folder = os.path.join(folder, "redmine")
        app = os.path.join(self.folder, "app")
        shutil.copytree("/usr/share/redmine", app, symlinks=True)
        os.unlink(os.path.join(app, "instances"))
        os.unlink(os.path.join(app, "config", "database.yml"))
        place = os.path.join(app, "instances", "default")
        for name in ("config", "tmp/cache", "log", "files", "public"):
            os.makedirs(os.path.join(place, name))
        self.database = os.path.join(self.folder, "redmine.db")
        with open(os.path.join(place, "config", "database.yml"), "w") as file:
            file.write(f"production:\n  adapter: sqlite3\n  database: {self.database}\n  encoding: utf8\n")
        shutil.copy(file.name, os.path.join(app, "config", "database.yml"))
        with open(os.path.join(place, "config", "secret_key.txt"), "w") as file:
            file.write("b" * 64)
        shutil.copy("/var/lib/dbconfig-common/sqlite3/redmine/instances/default/redmine_default", self.database)
        self.how = {"cwd": app, "env": dict(os.environ, RAILS_ENV="production")}
        setup = os.path.join(self.folder, "setup.rb")
        with open(setup, "w") as file:
            file.write(self.SETUP)
        key, project, self.first = run(["bin/rails", "runner", setup], **self.how).split()[-3:]
        self.project = int(project)
        self.headers = {"X-Redmine-API-Key": key}

    def seed(self, count):
        """Tickets with a description, and three answers for every two of them."""
        texts = bench.Texts()
        database = sqlite3.connect(self.database)
        journal = database.execute("SELECT MIN(id) FROM journals").fetchone()[0]
        first = int(self.first)
        for i in range(1, count):
            at = f"datetime('now', '-{(count - i) * 90 // count} days')"
            copy_row(database, "issues", first, subject=f"'Beitrag {i}'", description=f"'{texts.body()}'",
                     created_on=at, updated_on=at, root_id="(SELECT MAX(id) + 1 FROM issues)")
            for _ in range(1 + i % 2):
                copy_row(database, "journals", journal, journalized_id="(SELECT MAX(id) FROM issues)",
                         notes=f"'{texts.body()}'", created_on=at)
        database.commit()
        database.close()

    def start(self):
        self.port = bench.free_port()
        self.process = bench.start(["puma", "-e", "production", "-b", f"tcp://127.0.0.1:{self.port}", "-t", "1:5",
                                    "config.ru"], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, **self.how)
        bench.wait_for_port(self.port, self.process, 300)
        load.get(self.port, "/issues.json?limit=1", self.headers)

    def new(self, item):
        issue = {"project_id": self.project, "subject": item["thread"]["title"], "description": item["body"]}
        return load.request("POST", "/issues.json", self.headers, {"issue": issue})

    def reads(self, word):
        return {"list of 50": "/issues.json?limit=50", "one": f"/issues/{int(self.first) + 50}.json?include=journals",
                "search newest 20": f"/search.json?q={word}&issues=1&limit=20"}


class RequestTracker:
    name = "Request Tracker"

    def __init__(self, folder):
        self.folder = os.path.join(folder, "rt")
        self.port = bench.free_port()
        os.makedirs(os.path.join(self.folder, "mason"))
        os.makedirs(os.path.join(self.folder, "none"))
        database = os.path.join(self.folder, "rtdb")
        shutil.copy("/var/lib/dbconfig-common/sqlite3/request-tracker5/rtdb", database)
        config = os.path.join(self.folder, "site.pm")
        settings = {"rtname": "bench", "Organization": "bench", "WebPath": "", "WebDomain": "127.0.0.1",
                    "WebPort": str(self.port), "DatabaseType": "SQLite", "DatabaseName": database,
                    "LogToSTDERR": "error", "MailCommand": "testfile",
                    "MasonDataDir": os.path.join(self.folder, "mason"), "VarPath": self.folder}
        with open(config, "w") as file:
            file.writelines(f"Set(${name}, '{value}');\n" for name, value in settings.items())
            file.write("Set($LogToSyslog, undef);\nSet($LogToFile, undef);\n1;\n")
        self.env = dict(os.environ, RT_SITE_CONFIG=config, RT_SITE_CONFIG_DIR=os.path.join(self.folder, "none"))
        run(["perl", "-I/usr/share/request-tracker5/lib", "-MRT", "-e",
             "RT::LoadConfig(); RT::Init(); my $u = RT::User->new(RT->SystemUser); $u->Load('root');"
             f"my ($ok, $why) = $u->SetPassword('{PASSWORD}'); die $why unless $ok;"], env=self.env)
        self.headers = load.basic("root", PASSWORD)

    def start(self):
        self.process = bench.start(["/usr/share/request-tracker5/libexec/rt-server", "--server", "Starlet", "--host",
                                    "127.0.0.1", "--port", str(self.port), "--max-workers=4"], env=self.env,
                                   stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        bench.wait_for_port(self.port, self.process, 300)

    def new(self, item):
        return load.request("POST", "/REST/2.0/ticket", self.headers,
                            {"Queue": "General", "Subject": item["thread"]["title"], "Content": item["body"]})
