"""The few disk operations of the log, in one replaceable place."""

from __future__ import annotations

import contextlib
import errno
import fcntl
import os
from pathlib import Path

# No room on the disk, or for another open file: both may come back, and nothing written is in doubt.
FULL = frozenset({errno.ENOSPC, errno.EDQUOT, errno.EMFILE, errno.ENFILE})
_ZEROS = bytes(1024 * 1024)
# Not every Unix has these two calls.
_sync_data = getattr(os, "fdatasync", os.fsync)
_reserve = getattr(os, "posix_fallocate", None)


class Disk:
    """Durable file operations; each raises OSError as the system reports it."""

    def make_folder(self, folder: Path) -> None:
        """Create a folder and its parents for the owner alone, durably."""
        missing = [each for each in (folder, *folder.parents) if not each.exists()]
        for each in reversed(missing):
            each.mkdir(mode=0o700, exist_ok=True)
            self.sync_folder(each.parent)

    def create(self, path: Path, size: int, head: bytes) -> int:
        """Create `path` with `head`, preallocated to `size` bytes, durably and at once; return its descriptor.

        As long as that is open, `is_held` is true of the file.
        """
        fresh = path.with_name(path.name + ".new")
        fd = os.open(fresh, os.O_RDWR | os.O_CREAT | os.O_TRUNC | os.O_CLOEXEC, 0o600)
        try:
            fcntl.flock(fd, fcntl.LOCK_EX | fcntl.LOCK_NB)
            self.allocate(fd, size)
            self.write(fd, head, 0)
            self.sync_all(fd)
            self.rename(fresh, path)
        except OSError:
            os.close(fd)
            with contextlib.suppress(OSError):
                fresh.unlink()
            raise
        return fd

    def allocate(self, fd: int, size: int) -> None:
        """Reserve `size` bytes for the file."""
        if _reserve is not None:
            _reserve(fd, 0, size)
            return
        for offset in range(0, size, len(_ZEROS)):
            self.write(fd, _ZEROS[: size - offset], offset)

    def write(self, fd: int, block: bytes, offset: int) -> None:
        """Write all of `block` at `offset`."""
        written = os.pwrite(fd, block, offset)
        while written < len(block):
            written += os.pwrite(fd, memoryview(block)[written:], offset + written)

    def sync(self, fd: int) -> None:
        """Make the written bytes durable."""
        _sync_data(fd)

    def sync_all(self, fd: int) -> None:
        """Make the written bytes and the file's size durable."""
        os.fsync(fd)

    def truncate(self, fd: int, size: int) -> None:
        """Cut the file to `size` bytes."""
        os.ftruncate(fd, size)

    def rename(self, path: Path, to: Path) -> None:
        """Give a file another name at once, durably."""
        path.rename(to)
        self.sync_folder(to.parent)

    def remove(self, *paths: Path) -> None:
        """Remove the files that are there, all in one folder, durably."""
        for path in paths:
            path.unlink(missing_ok=True)
        if paths:
            self.sync_folder(paths[0].parent)

    def sync_folder(self, folder: Path) -> None:
        """Make creations, renames and removals in `folder` durable."""
        fd = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
        try:
            os.fsync(fd)
        finally:
            os.close(fd)

    def replace(self, path: Path, content: bytes) -> None:
        """Put `content` in place of `path` durably: a crash leaves the old file or the new one."""
        os.close(self.create(path, max(len(content), 1), content))


def is_held(fd: int) -> bool:
    """Tell whether the one who created this file has it open still."""
    try:
        fcntl.flock(fd, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except BlockingIOError:
        return True
    fcntl.flock(fd, fcntl.LOCK_UN)
    return False


def take_lock(path: Path) -> int | None:
    """Lock `path` for this process and return the descriptor that holds the lock, or None when another holds it."""
    fd = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    try:
        fcntl.flock(fd, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        os.close(fd)
        return None
    return fd
