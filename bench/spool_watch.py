"""Tells when a shim has written its container's first line: waits in the kernel (inotify), so that
the two cores are left to what is measured."""

import ctypes
import os
import select
import struct
import time

# inotify(7), sys/inotify.h.
IN_MODIFY, IN_MOVED_TO, IN_CREATE = 0x02, 0x80, 0x100
IN_NONBLOCK = 0o4000
EVENT = struct.Struct("iIII")
# A segment's header (crates/shim/src/spool/frame.rs): behind it is the first line.
SEGMENT_HEADER_BYTES = 48
FRAME_HEADER_BYTES = 40

_libc = ctypes.CDLL(None, use_errno=True)


class SpoolWatch:
    """Watches <tasks>/<task>/containers/<container>/spool of a task that is not there yet."""

    def __init__(self, tasks):
        self.tasks = tasks
        self.descriptor = _libc.inotify_init1(IN_NONBLOCK)
        if self.descriptor < 0:
            raise OSError(ctypes.get_errno(), "inotify_init1")
        self.watched = set()
        self.watch(tasks)

    def watch(self, folder):
        """True when it is watched now, false when it is not there."""
        if folder in self.watched:
            return True
        mask = IN_MODIFY | IN_MOVED_TO | IN_CREATE
        if _libc.inotify_add_watch(self.descriptor, os.fsencode(folder), mask) < 0:
            return False
        self.watched.add(folder)
        return True

    def follow(self, task, container):
        """Watches as far down as folders are; gives the spool's file once it holds a line."""
        folder = self.tasks
        for name in (task, "containers", container, "spool"):
            folder = folder / name
            if not self.watch(folder):
                return None
        for segment in folder.glob("*.spool"):
            try:
                if segment.stat().st_size > SEGMENT_HEADER_BYTES + FRAME_HEADER_BYTES:
                    return segment
            except FileNotFoundError:
                continue
        return None

    def first_line(self, task, container, seconds):
        """(monotonic time in seconds, the line)."""
        deadline = time.monotonic() + seconds
        while True:
            # Look after every event, and once before the first: what came before the watch tells nothing.
            segment = self.follow(task, container)
            now = time.monotonic()
            if segment is not None:
                body = segment.read_bytes()[SEGMENT_HEADER_BYTES:]
                (length,) = struct.unpack_from("<I", body)
                return now, body[FRAME_HEADER_BYTES:FRAME_HEADER_BYTES + length].decode()
            if now > deadline:
                raise AssertionError(f"no line in the spool of {task} within {seconds} s")
            if select.select([self.descriptor], [], [], deadline - now)[0]:
                os.read(self.descriptor, 65536)

    def close(self):
        os.close(self.descriptor)
