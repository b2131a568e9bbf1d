"""What a thief of the disk would read: every byte of databases, log, snapshots and journals, searched for people.

Known phones, e-mails, ID numbers, names, addresses, card numbers and words typed by staff go through gateway, projector
and desk; none of them may be found again, in any spelling in which such values usually lie about.
"""

from __future__ import annotations

import base64
import json
import sqlite3
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import httpx
import psycopg
import pytest

from tests.architecture.source import ROOT
from tests.journeys.desk.found import code_of_this_moment
from tests.journeys.desk.installation import FIELD, Installation, database, installed, postgresql

PHONE, EMAIL, IP = "13877665544", "luo.yinuo.secret@example.com", "203.0.113.77"
ID_NUMBER, CARD = "11010119900307889X", "6222021234567890123"
NAME, ADDRESS = "欧阳晓彤芳", "杭州市西湖区文三路四百七十八号华星时代广场"
TYPED = "司徒雪凝的丈夫来电"
"""A name in a note of staff."""
STAFF = ("林小满", "周行之", "沈若谷")
VALUES = (PHONE, EMAIL, IP, ID_NUMBER, CARD, NAME, ADDRESS, TYPED, "司徒雪凝")
EVENTS = 12


def spellings(value: str) -> dict[str, bytes]:
    """Return the forms in which a value would be found."""
    plain = value.encode()
    found = {"UTF-8": plain, "UTF-16": value.encode("utf-16-le"), "hex": plain.hex().encode()}
    found["JSON"] = json.dumps(value)[1:-1].encode()
    found["UTF-16 big"] = value.encode("utf-16-be")
    for shift in range(3):
        # Whatever stands before it moves the value within groups of three bytes; edges mix with the neighbours.
        packed = base64.b64encode(b"\0" * shift + plain)
        found[f"base64 {shift}"] = packed[(0, 2, 3)[shift] : -4 if len(packed) > 12 else None]
    return found


def sightings(where: str, body: bytes, values: tuple[str, ...]) -> list[tuple[str, str, str]]:
    lower = body.lower()
    return [
        (where, value, form)
        for value in values
        for form, needle in spellings(value).items()
        if (needle.lower() in lower if form == "hex" else needle in body)
    ]


def event(number: int) -> dict[str, object]:
    text = f"我叫{NAME}，电话{PHONE}，身份证{ID_NUMBER}，卡号{CARD}，地址{ADDRESS}，邮箱{EMAIL}"
    common = {
        "event_id": f"dump-{number}",
        "occurred_at": int(time.time() * 1000),
        "actor_id": "u-dump",
        "device_id": "d-dump",
        "ip": IP,
        "phone": PHONE,
        "email": EMAIL,
    }
    kinds: tuple[dict[str, object], ...] = (
        {"event_type": "account.login"},
        {"event_type": "message.sent", "text": text, "conv_id": "c1", "to_id": "u-other"},
        {
            "event_type": "order.created",
            "order_id": f"o-{number}",
            "amount": 9900,
            "currency": "CNY",
            "address": ADDRESS,
            "name": NAME,
        },
        {"event_type": "account.registered", "nickname": NAME, "full_name": NAME, "id_number": ID_NUMBER},
    )
    return common | kinds[number % len(kinds)]


def send(installation: Installation) -> int:
    key = (installation.data / "demo.key").read_text().strip()
    accepted = 0
    with httpx.Client(base_url=f"http://127.0.0.1:{installation.port}", timeout=30) as gateway:
        for number in range(EVENTS):
            answer = gateway.post("/v1/decisions", json=event(number), headers={"Authorization": f"Bearer {key}"})
            accepted += answer.status_code == 200
            assert PHONE not in answer.text
    return accepted


GIVE_AUTHENTICATOR = """
from anxin.desk.boot import program
program.set_up()
from anxin.desk.foundation.organisations.models import Person
from tests.journeys.desk.found import give_authenticator
give_authenticator(Person.objects.get(username="specialist"))
"""


def work(installation: Installation) -> None:
    """Let staff fail to sign in, sign in, search for people by clear values, reveal, and type names into forms."""
    settings = {"ANXIN_DESK_DATA": str(installation.data), "ANXIN_DESK_DATABASE_URL": installation.database_url}
    python_path = {"PYTHONPATH": f"{ROOT / 'src'}:{ROOT}"}
    environment = installation.environment() | settings | python_path
    subprocess.run([sys.executable, "-c", GIVE_AUTHENTICATOR], env=environment, check=True, timeout=60)
    password = (installation.data / "demo.password").read_text().strip()
    with httpx.Client(base_url=f"http://127.0.0.1:{installation.desk_port}", timeout=30, follow_redirects=True) as desk:
        for login, typed in ((PHONE, "wrong password"), (EMAIL, "wrong password"), ("specialist", password)):
            submit(desk, "/accounts/login/", login=login, password=typed)
        page = submit(desk, "/accounts/2fa/authenticate/", code=code_of_this_moment())
        assert page.url.path == "/", page.text
        hits = [submit(desk, "/entities/", "/entities/search/", query=each) for each in (PHONE, EMAIL, IP, NAME, TYPED)]
        assert [each.status_code for each in hits] == [200] * len(hits)
        assert "/entities/" in hits[0].url.path
        assert PHONE not in str(hits[0].url)
        strange = {"X-Request-Id": PHONE, "User-Agent": f"{NAME} {EMAIL}".encode()}
        desk.get(f"/nobody/{NAME}/", headers=strange)
        shown = desk.get("/entities/user/u-dump/")
        assert shown.status_code == 200, shown.text
        assert PHONE not in shown.text
        submit(
            desk, "/entities/user/u-dump/", "/entities/user/u-dump/reveal/", purpose="case", reason=TYPED, note=TYPED
        )


def submit(desk: httpx.Client, page: str, to: str = "", **typed: str) -> httpx.Response:
    """Send a form as the page gives it."""
    found = FIELD.search(desk.get(page).text)
    assert found, page
    return desk.post(to or page, data=typed | {"csrfmiddlewaretoken": found[1]})


def wait_until_projected(installation: Installation, url: str) -> None:
    """Wait until the worker has taken in what was sent."""
    until = time.monotonic() + 40
    while time.monotonic() < until:
        if _position(installation.data, url) >= installation.stored() - 200:
            time.sleep(1.0)
            return
        time.sleep(0.2)
    raise AssertionError("the projection did not follow")


def _position(data: Path, url: str) -> int:
    question = "SELECT coalesce(max(position), 0) FROM decisions_projection"
    if url:
        with psycopg.connect(url) as connection:
            found = connection.execute(question).fetchone()
            return int(found[0]) if found else 0
    with closing(sqlite3.connect(data / "projection.sqlite3", timeout=20)) as connection:
        return int(connection.execute(question).fetchone()[0])


def tables(url: str) -> Iterator[tuple[str, bytes]]:
    with psycopg.connect(url) as connection:
        question = "SELECT table_name FROM information_schema.tables WHERE table_schema = 'public'"
        for (name,) in connection.execute(question).fetchall():
            with connection.cursor() as cursor, cursor.copy(f'COPY "{name}" TO STDOUT') as copy:
                yield name, b"".join(bytes(block) for block in copy)


@pytest.fixture(params=["files", "postgresql"])
def url(request: pytest.FixtureRequest) -> Iterator[str]:
    if request.param == "files":
        yield ""
        return
    with postgresql() as server, database(server, "dump") as fresh:
        yield fresh


def test_no_person_can_be_read_from_what_lies_on_disk(url: str, tmp_path: Path) -> None:
    found: list[tuple[str, str, str]] = []
    with installed(tmp_path / "data", database_url=url) as installation:
        assert send(installation) >= EVENTS // 2
        wait_until_projected(installation, url)
        work(installation)
        installation.keep_evidence(f"{TYPED}，{PHONE}，{EMAIL}，{ID_NUMBER}，{CARD}，{NAME}，{ADDRESS}")
        for name, body in tables(url) if url else ():
            found += sightings(f"table {name}", body, VALUES + STAFF)
        found += _search(installation.data)  # with the write-ahead logs as they are at work
    found += _search(installation.data)
    assert sorted(set(found)) == []


def _search(data: Path) -> list[tuple[str, str, str]]:
    found = []
    for path in sorted(data.rglob("*")):
        if path.is_file():
            found += sightings(path.relative_to(data).as_posix(), path.read_bytes(), VALUES + STAFF)
    return found


def test_the_search_finds_what_it_should() -> None:
    for form, hidden in spellings(NAME).items():
        assert (("x", NAME, form)) in sightings("x", b"..." + hidden + b"...", (NAME,))
    packed = base64.b64encode(b"some words before " + PHONE.encode() + b" and after")
    assert sightings("x", packed, (PHONE,))
