"""t30_fuzz.py - every parser of foreign bytes: its corpus, what that covers, and a search for more."""
import os
import re
import shutil
import subprocess

import frame
from harness import ROOT

ID = "T-30"
TITLE = "every parser of foreign bytes, fuzzed"
PROMISE = "Whatever bytes come from outside, they are read within their ceilings or refused in words; nothing crashes."
QUICK, FULL, CONTROL = 0, 10, 10  # seconds of search in each target; corpora are unit tests
FULL_SECONDS = 2400
NOT_COVERED = "The libraries below us (llhttp, libcurl, ICU, SQLite), which are fuzzed by their makers."
BUILD = os.path.join(ROOT, "build-fuzz")
LINES = 90.0  # per cent of the lines of each parser that its corpus must come by


def listed():
    """The targets of tests/fuzz/parsers.tsv, and which files below src/ each must cover."""
    told = {}
    with open(os.path.join(ROOT, "tests", "fuzz", "parsers.tsv"), encoding="utf-8") as file:
        for line in file:
            if line.strip() and line[0] != "#":
                _, name, source = line.rstrip("\n").split("\t")
                if name != "-":
                    told.setdefault(name, set()).add(source)
    return {name: sorted(told[name]) for name in sorted(told)}


PARSERS = listed()
# Functions of those files that read nothing foreign: they write, make, or ask the machine.
NO_PARSER = {"base/clock.c": ("clock_simulate", "read_ms", "clock_machine", "clock_monotonic", "clock_now",
                              "clock_is_virtual", "clock_set"),
             "net/signature.c": ("signature_new_secret",), "channel/webchat_item.c": ("webchat_wrap",),
             "page/ticket.c": ("ticket_new",), "channel/bluesky_syntax.c": ("bluesky_tid",),
             "page/language.c": ("sheet_word", "sheet_say", "sheet_words_with", "sheet_say_with", "sheet_say_count",
                                 "sheet_time", "sheet_put_time", "some", "up", "sheet_duration", "sheet_masked",
                                 "sheet_put_masked", "sheet_reason_word"),
             "db/wal.c": ("wal_damaged_name", "copy", "keep", "wal_keep_damaged"),
             "db/restore.c": ("read_text", "check_file", "backup_read", "newest_migration", "backup_restore",
                              "backup_rows"),
             "channel/custom.c": ("check_unit", "custom_quiet_ms", "custom_budget", "custom_length", "custom_check",
                                  "put_text", "custom_compose")}
SANITIZERS = {"ASAN_OPTIONS": "detect_leaks=0:allocator_may_return_null=1:handle_abort=1",
              "UBSAN_OPTIONS": "halt_on_error=1"}


def tool(name):
    found = shutil.which(name + "-14") or shutil.which(name)
    if not found:
        raise frame.Skip(f"there is no {name}")
    return found


def build():
    """The targets with libFuzzer, both sanitizers and counters of coverage."""
    clang = tool("clang")
    flags = "-fprofile-instr-generate -fcoverage-mapping"
    if not os.path.exists(os.path.join(BUILD, "build.ninja")):
        cached = f"ccache {clang}" if shutil.which("ccache") else clang
        must(["meson", "setup", BUILD, "-Dtests=enabled", "-Dfuzz=true", "--buildtype=debug",
              "-Doptimization=1", "-Db_sanitize=address,undefined", "-Db_lundef=false",
              f"-Dc_args={flags}", f"-Dc_link_args={flags}"], {"CC": cached})
    must(["ninja", "-j2", "-C", BUILD, *[f"tests/fuzz/fuzz_{name}" for name in PARSERS]], {})


def must(command, environment):
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True,
                          env={**os.environ, "LLVM_PROFILE_FILE": os.devnull, **environment})
    if done.returncode:
        raise AssertionError(f"{command[:3]} failed: {done.stdout[-1500:]}{done.stderr[-500:]}")
    return done.stdout


def target(name, folder, *arguments, planted=False):
    """One run of a target; its corpus is read and stays as it is."""
    corpus = os.path.join(ROOT, "tests", "fuzz", "corpus", name)
    environment = {**os.environ, **SANITIZERS,
                   "LLVM_PROFILE_FILE": os.path.join(folder, f"{name}-%p.profraw")}
    if planted:
        environment["DRAHT_FUZZ_PLANTED"] = "1"
    found = os.path.join(folder, "found-" + name)
    os.makedirs(found, exist_ok=True)
    return subprocess.run([os.path.join(BUILD, "tests", "fuzz", "fuzz_" + name), *arguments,
                           "-timeout=10", "-rss_limit_mb=512", f"-artifact_prefix={found}/",
                           found, corpus], capture_output=True, text=True, env=environment,
                          errors="replace")


def lines_of(name, source, merged):
    """Each line of the parsers in that file, and how often the corpora came by it."""
    told = must([tool("llvm-cov"), "export", "-format=lcov", f"-instr-profile={merged}",
                 os.path.join(BUILD, "tests", "fuzz", "fuzz_" + name)], {})
    record = [r for r in told.split("end_of_record") if re.search(
        r"^SF:(.*/)?src/" + re.escape(source) + "$", r, re.MULTILINE)][0]
    begins = sorted((int(at), what.split(":")[-1]) for at, what in
                    re.findall(r"^FN:(\d+),(\S+)$", record, re.MULTILINE))
    for at, hits in re.findall(r"^DA:(\d+),(\d+)", record, re.MULTILINE):
        function = [what for begin, what in begins if begin <= int(at)]
        if function and function[-1] not in NO_PARSER.get(source, ()):
            yield int(at), int(hits)


def coverage(c, folder):
    """How much of each parser its corpus comes by."""
    merged = os.path.join(folder, "all.profdata")
    raw = [os.path.join(folder, f) for f in os.listdir(folder) if f.endswith(".profraw")]
    must([tool("llvm-profdata"), "merge", "-sparse", "-o", merged, *raw], {})
    for name, source in [(name, source) for name in PARSERS for source in PARSERS[name]]:
        lines = dict(lines_of(name, source, merged))
        share = 100 * sum(hits > 0 for hits in lines.values()) / max(1, len(lines))
        c.counts[source] = f"{share:.0f} %"
        c.expect(share >= LINES, f"the corpus of {name} comes by {share:.1f} % of {source}")


def play(c):
    build()
    with frame.elsewhere() as folder:
        for name in PARSERS:
            done = target(name, folder, "-runs=0")
            c.expect(done.returncode == 0, f"the corpus breaks {name}: {done.stderr[-400:]}")
        coverage(c, folder)
        for name in PARSERS:
            done = target(name, folder, f"-max_total_time={c.n}")
            c.expect(done.returncode == 0, f"{name} was broken: {done.stderr[-600:]}")
            runs = re.findall(r"Done (\d+) runs", done.stderr)
            c.count("inputs_tried", int(runs[0]) if runs else 0)
        c.count("targets", len(PARSERS))


def control(c):
    """A mistake planted into each target must be found by the search."""
    missed = []
    with frame.elsewhere() as folder:
        for name in PARSERS:
            # As long as it takes on a machine that is busy; it ends when it is found.
            done = target(name, folder, f"-max_total_time={6 * c.n}", "-max_len=64", planted=True)
            if not done.returncode:
                missed.append(name)
    if missed:
        return "a mistake planted into each target, of which these kept theirs: " + ", ".join(missed)
    c.violation(f"found in all {len(PARSERS)} targets")
    return "a mistake planted into each target"
