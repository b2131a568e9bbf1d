"""What a request costs at a desk full of incidents: `python -m benchmarks.desk_incidents [--postgresql]`.

Whole requests as a signed-in person makes them, answers rendered, inside one process: wall and processor time, p50 and
p95 (on PostgreSQL the processor time of this side). Every writing request meets an incident that none met before. On
SQLite the platform's own data stand behind the risk card (`--events`, as `desk_queries` seeds them); on PostgreSQL not.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from functools import partial
from itertools import count, cycle
from pathlib import Path
from typing import TYPE_CHECKING

from benchmarks.desk_seed import PHONE, Seeded, seed
from benchmarks.projection import start_desk
from benchmarks.tables import print_table

if TYPE_CHECKING:
    from django.test import Client

    from anxin.desk.foundation.organisations.models import Person

Asked = dict[str, Callable[[], object]]
FEW = 12
"""How often what changes something is done: an agent may freeze and hold only so often in a shift."""


def sign_in(person: Person) -> Client:
    """Return a browser in which somebody is signed in with a second factor."""
    from django.test import Client

    from anxin.desk.conftest import _begin_session

    client = Client(headers={"accept-language": "zh", "host": "localhost"})
    client.force_login(person, backend="allauth.account.auth_backends.AuthenticationBackend")
    _begin_session(client, person)
    return client


def reads(browser: Client, seeded: Seeded) -> Asked:
    """Return what a person at work looks at, by name; the limit of the workbench stands behind it, in ms."""
    here = f"/incidents/{seeded.first.id}/"
    cold = cycle(seeded.open_ids(2))
    paths = {
        "queue, 200 rows (400)": "/queue/",
        "queue, a filter (400)": "/queue/?level=1&whose=free",
        "next due": "/queue/next/",
        "search: a number (700)": "/queue/?q=%23177",
        "search: a user (700)": "/incidents/?q=u100",
        "search: Chinese words (700)": "/queue/?q=盗号",
        "search: a phone (700)": f"/incidents/?q={PHONE}",
        "changed rows": f"/queue/rows/?ids={seeded.first.id}",
        "counts": "/queue/counts/",
        "all incidents, 100 rows": "/incidents/",
        "its parts after a change": f"{here}now/",
        "its timeline, 25 events": f"{here}story/",
        "risk card, all tiles (1500)": f"{here}risk/",
        "a form in place": f"{here}do/note/",
    }
    asked: Asked = {name: partial(_ask, browser, path) for name, path in paths.items()}
    return asked | {
        "open with its decision fields (500)": partial(_ask, browser, here),
        "another each time (800)": lambda: _ask(browser, f"/incidents/{next(cold)}/"),
    }


def writes(browser: Client, seeded: Seeded) -> Asked:
    """Return what a person at work does, by name."""
    claimed, noted, numbers = iter(seeded.open_ids(0)), cycle(seeded.open_ids(1)), count(1)
    drafts = f"/api/v1/incidents/{seeded.first.id}/drafts/note"

    def claim() -> None:
        _send(browser, f"/queue/{next(claimed)}/claim/", {})

    def note() -> None:
        _send(browser, f"/replies/of/{next(noted)}/note/", {"text": "已联系银行"})

    def keep() -> None:
        body = {"text": "正在核实，稍后回复您。", "revision": next(numbers)}
        answer = browser.post(drafts, body, content_type="application/json")
        assert answer.status_code == 200, answer.content

    return {"claim": claim, "note": note, "draft kept (1000)": keep, "freeze ordered (500)": _orders(browser)}


def _orders(browser: Client) -> Callable[[], None]:
    users: Iterator[int] = count(1_000)

    def order() -> None:
        form = {"kind": "hold_payment", "reason": "account_theft"}
        _send(browser, f"/measures/panel/user/u{next(users)}/order/", form, only=302)

    return order


def _ask(browser: Client, path: str) -> None:
    answer = browser.get(path)
    assert answer.status_code in (200, 302), (path, answer.status_code)


def _send(browser: Client, path: str, form: dict[str, str], *, only: int = 0) -> None:
    answer = browser.post(path, form, headers={"hx-request": "true"} if not only else None)
    assert answer.status_code in ((only,) if only else (200, 302)), (path, answer.status_code, answer.content.decode())


def measure(asked: Asked, times: int) -> list[tuple[str, ...]]:
    """Ask each question and return its row: wall and processor time in ms, p50 and p95."""
    rows = []
    for name, ask in asked.items():
        ask()
        walls, works = [], []
        for _ in range(times):
            wall, work = time.perf_counter(), time.process_time()
            ask()
            walls.append((time.perf_counter() - wall) * 1e3)
            works.append((time.process_time() - work) * 1e3)
        shown = (cut(walls, 0.5), cut(walls, 0.95), cut(works, 0.5), cut(works, 0.95))
        rows.append((name, *(f"{each:.0f}" for each in shown)))
        print("  ".join(rows[-1]), flush=True)
    return rows


def cut(lapses: list[float], share: float) -> float:
    """Return the lapse that a share of all does not exceed."""
    return sorted(lapses)[min(int(len(lapses) * share), len(lapses) - 1)]


def main(arguments: list[str]) -> None:
    """Run the benchmark in a folder that is deleted afterwards."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--incidents", type=int, default=200_000)
    parser.add_argument("--events", type=int, default=200_000, help="of the platform, SQLite only")
    parser.add_argument("--times", type=int, default=40)
    parser.add_argument("--postgresql", action="store_true")
    given = parser.parse_args(arguments)
    with tempfile.TemporaryDirectory(prefix="anxin-bench-") as folder:
        Path(folder).chmod(0o755)
        start_desk(Path(folder), postgresql=given.postgresql)
        seeded = seed(given.incidents)
        if not given.postgresql and given.events:
            from benchmarks.desk_queries import fill

            fill(seeded.organisation_id, given.events)
        browser = sign_in(seeded.person)
        rows = measure(reads(browser, seeded), given.times)
        rows += measure(writes(browser, seeded), min(given.times, FEW))
        title = f"{given.incidents} incidents, {'PostgreSQL' if given.postgresql else 'SQLite'}, ms"
        print_table(title, ("request (limit)", "wall p50", "p95", "processor p50", "p95"), rows)


if __name__ == "__main__":
    main(sys.argv[1:])
