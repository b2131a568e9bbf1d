"""Hits and corrections of signatures, counted for one organisation and kept in a small file."""

from __future__ import annotations

from pathlib import Path

import msgspec

from anxin.checkers.signatures.corrections import CorrectionWord, Tallies
from anxin.engine.log.disk import Disk
from anxin.gateway.journal import warn

_FILE = "signature_tallies.json"


class TallyFile:
    """The tallies of one organisation; `keep` writes them when they changed.

    A correction is also an event of the decision log; the file is only the sum, and what a power cut takes of it is
    hits of the last seconds.
    """

    def __init__(self, folder: Path) -> None:
        self._path = folder / _FILE
        self._is_changed = False
        self.tallies = self._read()

    def _read(self) -> Tallies:
        try:
            return msgspec.json.decode(self._path.read_bytes(), type=Tallies)
        except FileNotFoundError:
            return Tallies()
        except (msgspec.DecodeError, OSError) as problem:
            warn("signatures.tallies_unreadable", reason=type(problem).__name__)
            return Tallies()

    def count(self, met: tuple[str, ...], at: int) -> None:
        """Count one check (ms UTC) and the signatures it met."""
        self.tallies.count(met, at)
        self._is_changed = True

    def correct(self, signature: str, word: CorrectionWord) -> None:
        """Count one correction; an empty id is of something missed without a signature to blame."""
        self.tallies.of(signature).correct(word)
        self._is_changed = True

    def keep(self) -> None:
        """Write the tallies when they changed; on a disk without room they wait in memory for the next time."""
        if not self._is_changed:
            return
        try:
            Disk().replace(self._path, msgspec.json.encode(self.tallies))
        except OSError as problem:
            warn("signatures.tallies_unwritten", reason=problem.strerror)
        else:
            self._is_changed = False
