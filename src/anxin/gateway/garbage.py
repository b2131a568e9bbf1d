"""When the process searches for garbage: in the pauses, for no event shall wait for it."""

from __future__ import annotations

import gc

# Nearly everything is freed with its last user, a retired policy too. What is young is walked a few thousand objects at
# a time, and the oldest generation only when `Garbage` says so.
STARTING = (50_000, 20, 1_000_000)
SERVING = (5_000, 2, 1_000_000)
MOST_OWED = 100


class Garbage:
    """Searches for what only a search frees, such as event types that no policy knows any more.

    A search walks all that came since the start, 20 ms for a policy of five hundred rules.
    """

    def __init__(self) -> None:
        """Let the start make what it likes."""
        self._owed = 0
        self._taken = -1
        gc.set_threshold(*STARTING)

    def settle(self) -> None:
        """Keep what the start made out of every later search; what garbage it made is little, and stays."""
        gc.freeze()
        gc.set_threshold(*SERVING)

    def owe(self) -> None:
        """Ask for a search."""
        self._owed += 1

    def tick(self, taken: int) -> None:
        """Search if that is owed and `taken`, how much the logs hold, is what it was at the last tick; or owed long.

        What was young and stayed, time and again, owes one too: encrypted connections are such.
        """
        is_quiet, self._taken = taken == self._taken, taken
        is_owed = self._owed > 0 or gc.get_count()[2] >= MOST_OWED
        if self._owed >= MOST_OWED or (is_owed and is_quiet):
            self._owed = 0
            gc.collect()
