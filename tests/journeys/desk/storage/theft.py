"""Known people go through gateway, projector and desk; then every byte on the disk is searched for them."""

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

from tests.architecture.source import ROOT
from tests.journeys.desk.found import code_of_this_moment
from tests.journeys.desk.installation import FIELD, Installation
from tests.journeys.patience import PATIENCE_SECONDS, wait_until
from tests.journeys.shop import contents

PHONE, EMAIL, IP = "13877665544", "luo.yinuo.secret@example.com", "203.0.113.77"
ID_NUMBER, CARD = "11010119900307889X", "6222021234567890123"
NAME, ADDRESS = "欧阳晓彤芳", "杭州市西湖区文三路四百七十八号华星时代广场"
TYPED = "司徒雪凝的丈夫来电"
"""A name in a note of staff."""
STAFF = ("林小满", "周行之", "沈若谷")
VALUES = (PHONE, EMAIL, IP, ID_NUMBER, CARD, NAME, ADDRESS, TYPED, "司徒雪凝")
EVENTS = 12
Sighting = tuple[str, str, str]
"""Where, which value, in which form."""


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


def sightings(where: str, body: bytes, values: tuple[str, ...]) -> list[Sighting]:
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


def send(installation: Installation) -> None:
    """Let the platform tell of people; some kinds are refused."""
    key = (installation.data / "demo.key").read_text().strip()
    accepted = 0
    with httpx.Client(base_url=f"http://127.0.0.1:{installation.port}", timeout=PATIENCE_SECONDS) as gateway:
        for number in range(EVENTS):
            answer = gateway.post("/v1/decisions", json=event(number), headers={"Authorization": f"Bearer {key}"})
            accepted += answer.status_code == 200
            assert PHONE not in answer.text
    assert accepted >= EVENTS // 2


def beside(installation: Installation) -> None:
    """Give the specialist an authenticator and keep what names people as evidence, in a program beside the desk."""
    settings = {"ANXIN_DESK_DATA": str(installation.data), "ANXIN_DESK_DATABASE_URL": installation.database_url}
    done = subprocess.run(
        [sys.executable, "-m", "tests.journeys.desk.storage.keep"],
        env=installation.environment() | settings | {"PYTHONPATH": f"{ROOT / 'src'}:{ROOT}"},
        input="，".join((TYPED, PHONE, EMAIL, ID_NUMBER, CARD, NAME, ADDRESS)),
        capture_output=True,
        text=True,
        timeout=PATIENCE_SECONDS,
    )
    assert done.returncode == 0, done.stderr


def work(installation: Installation) -> None:
    """Let staff fail to sign in, sign in, search for people by clear values, reveal, and type names into forms."""
    beside(installation)
    password = (installation.data / "demo.password").read_text().strip()
    with httpx.Client(
        base_url=f"http://127.0.0.1:{installation.desk_port}", timeout=PATIENCE_SECONDS, follow_redirects=True
    ) as desk:
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


def wait_until_projected(installation: Installation) -> None:
    """Wait until the worker has taken in what was sent."""
    sent = installation.stored()
    wait_until(lambda: _position(installation.data, installation.database_url) >= sent)


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


def sightings_of(installation: Installation) -> list[Sighting]:
    """Search tables and files as they are at work, with the write-ahead logs."""
    found = search(installation.data)
    for name, body in tables(installation.database_url) if installation.database_url else ():
        found += sightings(f"table {name}", body, VALUES + STAFF)
    return found


def search(data: Path) -> list[Sighting]:
    """Search every file."""
    found: list[Sighting] = []
    for path, content in contents(data):
        # A log of which nothing was cut off ends in 64 MiB of zeros; one of them belongs to a word in UTF-16.
        found += sightings(path.relative_to(data).as_posix(), content.rstrip(b"\0") + b"\0", VALUES + STAFF)
    return found
