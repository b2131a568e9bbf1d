"""A log of rows in `(t, seq)` order that is cheap to append to and to cut at the front."""

from __future__ import annotations

from bisect import bisect_right, insort

from anxin.engine.windows.folds import Row

AFTER_ALL = 2**63


class RowLog:
    """Rows `(t, seq, mask, *columns)`; those before `start` are gone and only wait for their memory to be freed."""

    __slots__ = ("rows", "start")

    def __init__(self, rows: list[Row] | None = None) -> None:
        self.rows: list[Row] = [] if rows is None else rows
        self.start = 0

    def __len__(self) -> int:
        return len(self.rows) - self.start

    def live(self) -> list[Row]:
        """Return the rows held, oldest first."""
        return self.rows[self.start :]

    def upper(self, t: int) -> int:
        """Return the index after the last row at or before `t`."""
        rows = self.rows
        # Most who ask mean the last row: no search finds what is behind it.
        if not rows or rows[-1][0] <= t:
            return len(rows)
        return bisect_right(rows, (t, AFTER_ALL), self.start)

    def between(self, low: int, high: int) -> list[Row]:
        """Return the rows with low < t ≤ high."""
        return self.rows[self.upper(low) : self.upper(high)]

    def insert(self, row: Row) -> None:
        """Put a row at its place."""
        if self.rows and row < self.rows[-1]:
            insort(self.rows, row, self.start)
        else:
            self.rows.append(row)

    def cut(self, bound: int) -> list[Row]:
        """Drop the rows at or below `bound` and return them."""
        if not len(self) or self.rows[self.start][0] > bound:
            return []
        end = self.upper(bound)
        gone = self.rows[self.start : end]
        self.start = end
        if self.start * 2 >= len(self.rows):
            del self.rows[: self.start]
            self.start = 0
        return gone
