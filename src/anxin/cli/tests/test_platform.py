"""The demonstration's platform against a desk and a gateway that answer as the real ones do, by the test's clock."""

from __future__ import annotations

import http.server
import json
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field

import pytest

from anxin.cli.platform import DELAY_SECONDS, TRUSTY, Conduct, Declined, Line, Plan, Platform, Unanswered

LATEST = DELAY_SECONDS[1]


@dataclass
class Counterpart:
    """Desk and gateway in one: what they list and answer, and what was told to them."""

    port: int = 0
    measures: list[dict[str, str]] = field(default_factory=list)
    replies: dict[str, list[str]] = field(default_factory=dict)
    holds: dict[str, list[str]] = field(default_factory=dict)
    came: list[tuple[str, object]] = field(default_factory=list)
    is_down: bool = False
    refused: str = ""

    def want(self, measure_id: str, wants: str = "receipt", key: str = "u1") -> None:
        self.measures.append(
            {"id": measure_id, "kind": "freeze_account", "entity_kind": "user", "entity_key": key, "wants": wants}
        )

    def answer(self, path: str) -> object | None:
        """Return what a GET answers, None when nothing is there."""
        if path == self.refused:
            return None
        if path == "/api/v1/measures/outgoing":
            return self.measures
        if path == "/api/v1/replies":
            return list(self.replies)
        if path.startswith("/v1/holds/user/"):
            return {"holds": [{"measure": each} for each in self.holds.get(path.rpartition("/")[2], ())]}
        name = path.removeprefix("/api/v1/replies/")
        if name in self.replies:
            return {"text": "您好", "attachments": [{"id": each} for each in self.replies[name]]}
        return {} if "/attachments/" in path and not path.endswith("gone") else None

    def take(self, path: str, body: object) -> None:
        """Note what was told, and list it no longer."""
        self.came.append((path, body))
        name, _, act = path.rpartition("/")[2].partition(":")
        wants = {"confirm": "receipt", "verify": "answer"}.get(act)
        self.measures = [each for each in self.measures if (each["id"], each["wants"]) != (name, wants)]
        self.replies.pop(name, None)


@pytest.fixture
def other() -> Iterator[Counterpart]:
    counterpart = Counterpart()

    class Handler(http.server.BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            assert self.headers["Authorization"] == "Bearer axd_token"
            found = counterpart.answer(self.path)
            counterpart.came += [(self.path, None)] if "/replies/" in self.path else []
            self.respond(404 if found is None else 200, json.dumps(found).encode())

        def do_POST(self) -> None:
            body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
            if not counterpart.is_down:
                counterpart.take(self.path, body)
            self.respond(200, b"{}")

        def respond(self, status: int, body: bytes) -> None:
            self.send_response(503 if counterpart.is_down else status)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: object) -> None:
            """Keep quiet."""

    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    counterpart.port = server.server_address[1]
    thread = threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True)
    thread.start()
    yield counterpart
    server.shutdown()
    server.server_close()
    thread.join()


class Fixed(Conduct):
    """A conduct that a test decides."""

    def __init__(self, plan: Plan) -> None:
        super().__init__(1)
        self.given = plan

    def plan(self, name: str, *, is_question: bool = False) -> Plan:
        return self.given


def line(other: Counterpart) -> Line:
    return Line("127.0.0.1", other.port, "axd_token")


def platform(other: Counterpart, conduct: Conduct | None = None) -> Platform:
    return Platform(line(other), line(other), conduct or Conduct(7))


def test_a_measure_is_confirmed_once_and_not_before_its_time(other: Counterpart) -> None:
    other.want("act_1")
    one = platform(other, Fixed(Plan(0.5, "done", "NOM-1")))
    assert one.turn(10.0) == 0.5
    assert other.came == []
    assert one.turn(10.5) == 0.5
    assert other.came == [("/api/v1/measures/act_1:confirm", {"receipt": "NOM-1", "has_worked": True})]
    one.turn(11.0)
    one.turn(12.0)
    assert len(other.came) == 1


def test_a_reply_is_fetched_with_what_goes_along_and_settled(other: Counterpart) -> None:
    other.replies["rpl_1"] = ["rat_1"]
    one = platform(other, Fixed(Plan(0.5, "done", "NOM-1")))
    one.turn(10.0)
    one.turn(10.5)
    assert other.came == [
        ("/api/v1/replies/rpl_1", None),
        ("/api/v1/replies/rpl_1/attachments/rat_1", None),
        ("/api/v1/replies/rpl_1:settle", {"receipt": "NOM-1", "has_arrived": True, "failure": ""}),
    ]


def test_a_reply_whose_attachment_is_gone_has_failed(other: Counterpart) -> None:
    other.replies["rpl_1"] = ["rat_gone"]
    one = platform(other, Fixed(Plan(0.5, "done", "NOM-1")))
    one.turn(10.0)
    one.turn(10.5)
    assert other.came[-1][1] == {"receipt": "NOM-1", "has_arrived": False, "failure": "gone"}


def test_what_is_refused_is_not_tried_again(other: Counterpart) -> None:
    other.want("act_1", "answer")
    other.refused = "/v1/holds/user/u1"
    one = platform(other, Fixed(Plan(0.5, "done", "NOM-1")))
    one.turn(10.0)
    assert [one.turn(10.5 + n) for n in range(4)] == [0.5, 1.0, 1.0, 1.0]
    assert (other.came, one.unanswered) == ([], 1)


@pytest.mark.parametrize(("held", "is_standing"), [(["freeze_account"], True), (["hold_payout"], False), ([], False)])
def test_a_question_is_answered_by_what_the_gateway_holds(
    other: Counterpart, held: list[str], is_standing: bool
) -> None:
    other.holds["u%2F1"] = held
    other.want("act_1", "answer", key="u/1")
    one = platform(other, Fixed(Plan(0.5, "done", "NOM-1")))
    one.turn(10.0)
    one.turn(10.5)
    assert other.came == [("/api/v1/measures/act_1:verify", {"is_standing": is_standing, "receipt": "NOM-1"})]


def test_a_refusal_says_that_it_did_not_work(other: Counterpart) -> None:
    other.want("act_1")
    other.replies["rpl_1"] = []
    one = platform(other, Fixed(Plan(0.5, "refused", "NOM-1")))
    one.turn(10.0)
    one.turn(10.5)
    assert [body for _, body in other.came if body] == [
        {"receipt": "NOM-1", "has_worked": False},
        {"receipt": "NOM-1", "has_arrived": False, "failure": "offline"},
    ]


def test_silence_says_nothing(other: Counterpart) -> None:
    other.want("act_1")
    one = platform(other, Fixed(Plan(0.5, "silent", "NOM-1")))
    assert [one.turn(10.0 + n) for n in range(5)] == [1.0] * 5
    assert other.came == []


def test_a_desk_that_starts_anew_is_served_afterwards(other: Counterpart) -> None:
    other.want("act_1")
    one = platform(other, Fixed(Plan(0.5, "done", "NOM-1")))
    one.turn(10.0)
    other.is_down = True
    one.turn(10.5)
    one.turn(11.0)
    assert (other.came, one.unanswered) == ([], 2)
    other.is_down = False
    one.turn(12.0)
    one.turn(12.5)
    assert [path for path, _ in other.came] == ["/api/v1/measures/act_1:confirm"]


def test_what_a_call_may_come_to(other: Counterpart) -> None:
    quiet = line(other)
    assert quiet.get("/api/v1/measures/outgoing", list[str]) == []
    with pytest.raises(Declined):
        quiet.get("/api/v1/nothing", list[str])
    with pytest.raises(Unanswered):
        quiet.get("/api/v1/replies", dict[str, str])
    with pytest.raises(Unanswered):
        Line("127.0.0.1", 1, "axd_token").get("/", list[str])


def test_the_first_pieces_of_work_succeed_and_later_some_fail() -> None:
    conduct = Conduct(7)
    plans = [conduct.plan(f"receipt:act_{n}") for n in range(2_000)]
    assert {each.outcome for each in plans[:TRUSTY]} == {"done"}
    failed = [each.outcome for each in plans if each.outcome != "done"]
    assert (failed.count("refused"), failed.count("silent")) == (52, 48)
    assert all(DELAY_SECONDS[0] <= each.delay <= LATEST for each in plans)
    again = Conduct(7)
    assert [again.plan(f"receipt:act_{n}") for n in range(2_000)] == plans


def test_a_question_is_always_answered() -> None:
    conduct = Conduct(7)
    assert {conduct.plan(f"answer:act_{n}", is_question=True).outcome for n in range(500)} == {"done"}


def test_it_ends_when_told(other: Counterpart) -> None:
    one = platform(other)
    one.start()
    assert one.is_running
    one.stop()
    for each in threading.enumerate():
        if each.name == "demonstration platform":
            each.join()
    assert not one.is_running
