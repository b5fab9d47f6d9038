"""bench.py - what the benchmarks share: a store, CPU and memory of processes, figures.

A benchmark is a program `bench/NAME.bench`; run.py starts each. It measures, says what it
finds as it goes (figure()), and run.py keeps that. Times on the wall are given as well,
but what counts is CPU: machines are shared.
"""
import atexit
import json
import os
import random
import shutil
import signal
import socket
import statistics
import subprocess
import sys
import tempfile
import time

HERE = os.path.dirname(os.path.abspath(__file__))
ROOT = os.path.dirname(HERE)
sys.path.insert(0, os.path.join(ROOT, "tests", "system"))
BUILD = os.environ.get("DRAHT_BENCH_BUILD") or os.path.join(ROOT, "build")
DRAHT = os.path.join(BUILD, "draht")
SMALL = os.environ.get("DRAHT_BENCH_SMALL") == "1"
SKIPPED = 77
_processes = []


def rounds(many=5):
    return 1 if SMALL else many


# What is found ---------------------------------------------------------------------------

def figure(name, values, unit, must=None, note=""):
    """Print and keep one figure. `must`: ("<=", 1.5), what the product is held to."""
    values = list(values) if isinstance(values, (list, tuple)) else [values]
    median = statistics.median(values)
    met = None if must is None else (median <= must[1] if must[0] == "<=" else median >= must[1])
    held = "" if met is None else f"   must be {must[0]} {must[1]:g}: {'met' if met else 'NOT MET'}"
    spread = f" ({min(values):.4g} to {max(values):.4g}, {len(values)} runs)" if len(values) > 1 else ""
    print(f"{name}: {median:.4g} {unit}{spread}{held}" + (f"   [{note}]" if note else ""), flush=True)
    keep({"name": name, "unit": unit, "median": median, "low": min(values), "high": max(values),
          "values": values, "must": must, "met": met, "note": note})
    return median


def keep(what):
    path = os.environ.get("DRAHT_BENCH_RESULT")
    if path:
        with open(path, "a") as file:
            file.write(json.dumps(what) + "\n")


def skip(why):
    """Some figures cannot be had here; the rest goes on."""
    print(f"skipped: {why}", flush=True)
    keep({"skipped": why})


def ratios(ours, theirs):
    """Pair by pair, so that a machine that gets slower meanwhile does not matter."""
    return [a / b for a, b in zip(ours, theirs)]


# Processes -------------------------------------------------------------------------------

def temporary():
    folder = tempfile.mkdtemp(prefix="draht-bench-", dir=os.environ.get("DRAHT_BENCH_TMP"))
    os.chmod(folder, 0o755)
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    return folder


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def command_cpu(arguments, **how):
    """Run to the end; seconds of CPU, user and system, of it and all its children."""
    process = subprocess.Popen(arguments, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, **how)
    output = process.stdout.read().decode(errors="replace")
    _, status, used = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        raise SystemExit(f"{' '.join(arguments[:3])} ended with {process.returncode}: {output}")
    return used.ru_utime + used.ru_stime, output


def start(arguments, **how):
    """A server, in a process group of its own, ended with the benchmark."""
    process = subprocess.Popen(arguments, start_new_session=True, stdin=subprocess.DEVNULL, **how)
    _processes.append(process)
    return process


def stop(process):
    if process.poll() is None:
        os.killpg(process.pid, signal.SIGTERM)
        try:
            process.wait(10)
        except subprocess.TimeoutExpired:
            os.killpg(process.pid, signal.SIGKILL)
            process.wait()


@atexit.register
def stop_all():
    for process in _processes:
        stop(process)


def tree(root):
    """The process and all that it has started."""
    children = {}
    for name in filter(str.isdigit, os.listdir("/proc")):
        try:
            with open(f"/proc/{name}/stat") as file:
                children.setdefault(int(file.read().rpartition(")")[2].split()[1]), []).append(int(name))
        except OSError:
            continue
    found, rest = [], [root]
    while rest:
        one = rest.pop()
        found.append(one)
        rest += children.get(one, [])
    return found


def cpu_seconds(root):
    """CPU that a server and its children have used, those that ended included."""
    ticks = 0
    for process in tree(root):
        try:
            with open(f"/proc/{process}/stat") as file:
                ticks += sum(map(int, file.read().rpartition(")")[2].split()[11:15]))
        except OSError:
            continue
    return ticks / os.sysconf("SC_CLK_TCK")


def pss_mib(root):
    """Proportional set size: memory of all processes, what they share counted once."""
    total = 0
    for process in tree(root):
        try:
            with open(f"/proc/{process}/smaps_rollup") as file:
                total += sum(int(line.split()[1]) for line in file if line.startswith("Pss:"))
        except OSError:
            continue
    return total / 1024


def wait_for_port(port, process, seconds=60):
    end = time.monotonic() + seconds
    while time.monotonic() < end and process.poll() is None:
        try:
            socket.create_connection(("127.0.0.1", port), 1).close()
            return
        except OSError:
            time.sleep(0.05)
    raise SystemExit(f"nothing listens on port {port}")


# Messages --------------------------------------------------------------------------------

SYLLABLES = ("ba ver lie fer ung rech nung strom ta rif zäh ler kun de mon teur pum pe war te ein fach "
             "schlüs sel gar ten was ser druck tech nik prü fen net z mel dung an schluss").split()
DAY = 86_400_000
BEGAN = 1_780_000_000_000


class Texts:
    """Bodies of 8 to 60 words out of 30,000, as often as words are in a language (Zipf)."""

    def __init__(self, seed=7):
        self.random = random.Random(seed)
        self.words = ["".join(self.random.choices(SYLLABLES, k=self.random.choice((1, 2, 2, 3, 3, 4))))
                      for _ in range(30_000)]
        weight, self.weights = 0.0, []
        for i in range(len(self.words)):
            weight += 1 / (i + 1) ** 1.05
            self.weights.append(weight)

    def body(self):
        return " ".join(self.random.choices(self.words, cum_weights=self.weights,
                                            k=self.random.randint(8, 60)))


def messages(count, first=0, seed=7):
    """Inbound items: two and a half a conversation, three a person, over 90 days."""
    texts = Texts(seed)
    conversations, persons = max(1, count * 2 // 5), max(1, count // 3)
    for i in range(count):
        which = i if i < conversations else texts.random.randrange(conversations)
        at = BEGAN + i * 90 * DAY // count
        who = which * 7919 % persons + first
        which += first
        yield {
            "external_id": f"bench-{first + i}",
            "thread": {"external_id": f"thread-{which}", "kind": "post" if which % 3 else "chat",
                       "visibility": "public" if which % 3 else "private", "title": f"Beitrag {which}"},
            "author": {"external_id": f"person-{who}", "handle": f"person{who}", "name": f"Person {who}"},
            "body": texts.body(),
            "sent_at": time.strftime("%Y-%m-%dT%H:%M:%S", time.gmtime(at / 1000)) + f".{at % 1000:03d}Z",
        }


def write_messages(path, count, first=0):
    with open(path, "w") as file:
        for item in messages(count, first):
            file.write(json.dumps(item, ensure_ascii=False) + "\n")
    return path


# Draht -----------------------------------------------------------------------------------

PASSWORD = "Grüner Draht 27 hält"


class Store:
    """A workspace with one user and one channel, on SQLite or on a PostgreSQL URL."""

    def __init__(self, folder, url=None):
        os.makedirs(folder, exist_ok=True)
        self.data = os.path.join(folder, "data")
        self.where = ["--data", self.data] + (["--db", url] if url else [])
        self.run("user", "add", "anna@example.org", "--name", "Anna", "--role", "administrator",
                 "--password-stdin", stdin=PASSWORD + "\n")
        made = json.loads(self.run("channel", "add", "custom", "--name", "Bench", "--json"))
        self.channel, self.secret = made["id"], made["signing_secret"]
        self.token = self.run("token", "add", "anna@example.org", "--name", "bench").strip()

    def run(self, *arguments, stdin=""):
        done = subprocess.run([DRAHT, *arguments, *self.where], input=stdin.encode(), capture_output=True)
        if done.returncode:
            raise SystemExit(f"draht {' '.join(arguments)}: {done.stdout.decode()}{done.stderr.decode()}")
        return done.stdout.decode()

    def import_cpu(self, path):
        return command_cpu([DRAHT, "import", path, "--channel", self.channel, "--open", *self.where])[0]

    def database(self):
        return os.path.join(self.data, "draht.db")

    def copy(self, folder):
        """A store of the same content elsewhere."""
        other = object.__new__(Store)
        other.__dict__.update(self.__dict__, data=os.path.join(folder, "data"))
        other.where = ["--data", other.data]
        shutil.copytree(self.data, other.data)
        return other
