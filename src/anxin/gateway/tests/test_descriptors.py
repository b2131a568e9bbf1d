"""Idle connections must not take the files that the log needs: it would end the process."""

from __future__ import annotations

import resource

import pytest

from anxin.gateway.descriptors import connections_that_fit

ENDLESS = resource.RLIM_INFINITY


@pytest.mark.parametrize(
    ("soft", "hard", "wanted", "fit", "raised"),
    [
        (1024, 1024, 2048, 768, None),
        (1024, 4096, 2048, 2048, 2304),
        (1024, 2048, 2048, 1792, 2048),
        (1024, ENDLESS, 2048, 2048, 2304),
        (ENDLESS, ENDLESS, 2048, 2048, None),
        (65_536, 65_536, 2048, 2048, None),
        (160, 160, 2048, 80, None),
        (2, 2, 2048, 1, None),
    ],
)
def test_no_more_connections_than_files_leave_room_for(
    monkeypatch: pytest.MonkeyPatch, soft: int, hard: int, wanted: int, fit: int, raised: int | None
) -> None:
    limits: list[tuple[int, int]] = []
    monkeypatch.setattr(resource, "getrlimit", lambda _: (soft, hard))
    monkeypatch.setattr(resource, "setrlimit", lambda _, given: limits.append(given))
    assert connections_that_fit(wanted) == fit
    assert [each for each in limits if each != (soft, hard)] == ([] if raised is None else [(raised, hard)])


def test_a_limit_that_the_system_does_not_grant_is_not_counted_on(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(_: int, given: tuple[int, int]) -> None:
        raise ValueError

    monkeypatch.setattr(resource, "getrlimit", lambda _: (300, ENDLESS))
    monkeypatch.setattr(resource, "setrlimit", refuse)
    assert connections_that_fit(2048) == 150
