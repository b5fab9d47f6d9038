"""shim.py - shim.c, built and told what to do: the nth call fails, or the clock is another."""
import errno
import mmap
import os
import shutil
import struct
import subprocess

from frame import HERE, Skip

FIELDS = ("clock_ns", "what", "first", "after", "error", "hits", "failed", "bad")
WHAT = ("nothing", "memory", "write", "sync", "open", "rename", "truncate", "map")


class Shim:
    """`environment` is for the server; then arm() and disarm() work while it runs."""

    def __init__(self, folder):
        compiler = shutil.which("cc") or shutil.which("gcc")
        if not compiler:
            raise Skip("there is no C compiler")
        library, control = os.path.join(folder, "shim.so"), os.path.join(folder, "shim")
        done = subprocess.run([compiler, "-shared", "-fPIC", "-O1", "-o", library,
                               os.path.join(HERE, "shim.c"), "-ldl"], capture_output=True, text=True)
        if done.returncode:
            raise Skip("shim.c cannot be built: " + done.stderr[:300])
        with open(control, "wb") as file:
            file.write(bytes(4096))
        with open(control, "r+b") as file:
            self.memory = mmap.mmap(file.fileno(), 4096)
        self.environment = {"LD_PRELOAD": library, "DRAHT_SHIM": control}

    def set(self, name, value):
        struct.pack_into("q", self.memory, 8 * FIELDS.index(name), value)

    def get(self, name):
        return struct.unpack_from("q", self.memory, 8 * FIELDS.index(name))[0]

    def arm(self, what, first, after=False, error=errno.EIO, bad=False):
        """From now on the nth call of that kind fails, and with `after` each later one."""
        self.disarm()
        for name, value in (("first", first), ("after", int(after)), ("error", error),
                            ("bad", int(bad)), ("failed", 0), ("hits", 0),
                            ("what", WHAT.index(what))):
            self.set(name, value)

    def disarm(self):
        """How many calls failed since arm()."""
        self.set("what", 0)
        return self.get("failed")
