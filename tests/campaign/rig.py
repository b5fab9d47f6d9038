"""rig.py - disks to break: one that loses its power, one that is soon full.

A campaign that mounts says MOUNTS = True; run.py then gives it a space of mounts of its own,
which ends with it, however it ends.
"""
import fcntl
import os
import struct
import subprocess
import tempfile
import time

from frame import Skip, need_root

# <linux/fs.h>: stop the file system at once, keeping nothing of its journal in memory.
FS_IOC_SHUTDOWN, NOLOGFLUSH = 0x8004587D, 2


def run(*command):
    return subprocess.run(command, capture_output=True, text=True)


def must(*command):
    done = run(*command)
    if done.returncode:
        raise Skip(f"{' '.join(command)}: {(done.stderr or done.stdout).strip()}")


class Disk:
    """An ext4 on a loop device. power_loss(): what was not flushed is gone."""

    def __init__(self, megabytes):
        need_root()
        self.folder = tempfile.mkdtemp(prefix="draht-rig-")
        self.image, self.place = self.folder + "/image", self.folder + "/disk"
        os.mkdir(self.place)
        with open(self.image, "wb") as file:
            file.truncate(megabytes << 20)
        must("mkfs.ext4", "-q", "-E", "lazy_itable_init=0,lazy_journal_init=0", self.image)
        must("mount", "-o", "loop", self.image, self.place)
        self.dark = []  # from when to when nothing that was heard counts

    def power_loss(self, when_dark):
        """The power goes; `when_dark` ends the server; then the disk is there again."""
        handle = os.open(self.place, os.O_RDONLY)
        begun = time.monotonic_ns()
        try:
            fcntl.ioctl(handle, FS_IOC_SHUTDOWN, struct.pack("I", NOLOGFLUSH))
        except OSError as error:
            raise Skip(f"this kernel does not stop an ext4: {error}") from None
        finally:
            os.close(handle)
        when_dark()
        self.dark.append((begun, time.monotonic_ns()))
        must("umount", self.place)
        must("mount", "-o", "loop", self.image, self.place)

    def write_dark(self, path):
        with open(path, "w", encoding="utf-8") as file:
            file.writelines(f"{begin} {end}\n" for begin, end in self.dark)
        return path

    def close(self):
        run("umount", "-l", self.place)
        os.unlink(self.image)
        os.rmdir(self.place)
        os.rmdir(self.folder)


class SmallDisk:
    """A tmpfs of that size, which fill() fills to the last byte."""

    def __init__(self, megabytes):
        need_root()
        self.place = tempfile.mkdtemp(prefix="draht-rig-")
        must("mount", "-t", "tmpfs", "-o", f"size={megabytes}m", "tmpfs", self.place)
        self.filler = self.place + "/filler"

    def fill(self, leave=0):
        """Until nothing goes in any more, but for `leave` bytes."""
        with open(self.filler, "wb", buffering=0) as file:
            size = 1 << 16
            while size:
                try:
                    while file.write(b"x" * size) == size:
                        pass
                except OSError:
                    pass
                size //= 4
            if leave:
                file.truncate(max(0, os.path.getsize(self.filler) - leave))

    def empty(self):
        os.unlink(self.filler)

    def close(self):
        run("umount", "-l", self.place)
        os.rmdir(self.place)
