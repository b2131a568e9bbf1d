"""The calls of the gateway: which path does what, who may, and how much it takes."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial
from urllib.parse import unquote_to_bytes

from anxin.engine.errors import EngineError
from anxin.gateway.answers import Slot
from anxin.gateway.batches import Batch
from anxin.gateway.check_calls import (
    CHECK_BYTES,
    CORRECTION_BYTES,
    ORDER_BYTES,
    REQUESTS,
    Kind,
    parse_correction,
    parse_request,
)
from anxin.gateway.checks import Checks, require_checks
from anxin.gateway.health import Health
from anxin.gateway.intake import submission
from anxin.gateway.keys import Caller, KeyBook, require_scope, spend
from anxin.gateway.labels import take_label
from anxin.gateway.metrics import EXPOSITION_MEDIA, Metrics, render_metrics
from anxin.gateway.openapi import render_openapi
from anxin.gateway.organisation import Organisation
from anxin.gateway.problems import (
    BodyTooLarge,
    Draining,
    MediaUnsupported,
    MethodNotAllowed,
    NotFound,
    RequestMalformed,
    Unauthorised,
)
from anxin.gateway.requests import Request
from anxin.gateway.unknown import check_query, parse_query

_SINGLE_MEDIA = (b"application/json",)
_BATCH_MEDIA = (b"application/json", b"application/x-ndjson", b"application/jsonl")
_IMAGE_MEDIA = (b"image/png", b"image/jpeg", b"image/webp", b"image/gif", b"application/octet-stream")
_LOOPBACK = ("127.0.0.1", "::1", "::ffff:127.0.0.1")


@dataclass(frozen=True)
class Bounds:
    """Sizes the calls take: bytes of an event and of a batch, and events in a batch."""

    event_bytes: int
    batch_bytes: int
    batch_events: int


Handler = Callable[["Api", Request], None]


@dataclass(frozen=True)
class Call:
    """One call: its scope (None: open to all), the media it takes, the longest body, the parameters of its address."""

    answer: Handler
    scope: str | None = None
    media: tuple[bytes, ...] = ()
    body_limit: int = 0
    parameters: tuple[str, ...] = ()


class Api:
    """Answers requests; `organisations` fills as each becomes ready."""

    def __init__(self, *, keys: KeyBook, metrics: Metrics, health: Health, bounds: Bounds) -> None:
        self.organisations: dict[str, Organisation] = {}
        self.bounds = bounds
        self.health = health
        self.metrics = metrics
        self._keys = keys
        event = Call(answer_decision, "decide", _SINGLE_MEDIA, bounds.event_bytes, ("explain",))
        batch = Call(answer_batch, "decide", _BATCH_MEDIA, bounds.batch_bytes)
        self._paths: dict[bytes, Mapping[bytes, Call]] = {
            b"/v1/decisions": {b"POST": event},
            b"/v1/decisions:batch": {b"POST": batch},
            b"/v1/labels": {b"POST": Call(answer_label, "label", _SINGLE_MEDIA, bounds.event_bytes)},
            b"/healthz": {b"GET": Call(answer_health)},
            b"/readyz": {b"GET": Call(answer_readiness)},
            b"/metrics": {b"GET": Call(answer_metrics)},
            b"/openapi.json": {b"GET": Call(answer_openapi)},
        }
        self.checks: Checks | None = None
        self._paths |= _check_calls()
        self._prefixes: tuple[tuple[bytes, Mapping[bytes, Call]], ...] = (
            (b"/v1/decisions/", {b"GET": Call(answer_stored, "read")}),
            (b"/v1/holds/", {b"GET": Call(answer_holds, "read")}),
        )

    def open(self, request: Request) -> None:
        """Find the call and admit the caller from the head alone; raise a refusal."""
        if not self._is_like_before(request):
            self._admit(request)
        call = request.call
        if request.query and isinstance(call, Call) and call.scope is not None:
            check_query(request.query, call.parameters)

    def _admit(self, request: Request) -> None:
        call = self._find_call(request)
        request.call = call
        request.body_limit = call.body_limit
        if call.scope is not None:
            caller = self._keys.admit(request.headers.get(b"authorization"), address=request.address)
            require_scope(caller, call.scope)
            request.caller = caller
        if not call.media:
            if request.headers.get(b"content-length", b"0") != b"0":
                raise BodyTooLarge(limit=0)
        elif request.headers.get(b"content-type", b"").partition(b";")[0].strip().lower() not in call.media:
            raise MediaUnsupported(expected=", ".join(each.decode() for each in call.media))

    def _is_like_before(self, request: Request) -> bool:
        """Take over call and caller from the request before when it had the same head; keys are checked again."""
        before = request.before
        if before is None or not isinstance(before.caller, Caller) or before.path != request.path:
            return False
        ours, theirs = request.headers, before.headers
        is_like = (
            before.method == request.method
            and before.address == request.address
            and theirs.get(b"authorization") == ours.get(b"authorization")
            and theirs.get(b"content-type") == ours.get(b"content-type")
            and isinstance(before.call, Call)
            and bool(before.call.media)
            and self._keys.is_still_admitted(before.caller)
        )
        if is_like:
            request.call, request.caller, request.body_limit = before.call, before.caller, before.body_limit
        return is_like

    def _find_call(self, request: Request) -> Call:
        calls = self._paths.get(request.path)
        if calls is None:
            calls = next((found for prefix, found in self._prefixes if request.path.startswith(prefix)), None)
        if calls is None:
            raise NotFound
        call = calls.get(b"GET" if request.method == b"HEAD" else request.method)
        if call is None:
            refusal = MethodNotAllowed()
            refusal.allow = b", ".join([*calls, *([b"HEAD"] if b"GET" in calls else [])])
            raise refusal
        return call

    def call(self, request: Request) -> None:
        """Answer the request's slot, now or later."""
        call = request.call
        assert isinstance(call, Call)
        try:
            call.answer(self, request)
        except EngineError as refusal:
            self.refused(refusal)
            request.slot.refuse(refusal)

    def refused(self, error: EngineError) -> None:
        """Count a refusal."""
        self.metrics.refused[error.code] += 1

    def organisation_of(self, caller: Caller) -> Organisation:
        """Return the caller's organisation; raise Draining while it is not ready."""
        organisation = self.organisations.get(caller.key.organisation)
        if organisation is None:
            raise Draining
        return organisation

    def check_scrape(self, request: Request) -> None:
        """Let loopback read the metrics without a key; raise Unauthorised or ScopeMissing to others."""
        if b"authorization" in request.headers:
            require_scope(self._keys.admit(request.headers[b"authorization"], address=request.address), "metrics")
        elif request.address not in _LOOPBACK:
            raise Unauthorised


def _caller(request: Request) -> Caller:
    assert isinstance(request.caller, Caller)
    return request.caller


def answer_decision(api: Api, request: Request) -> None:
    """Decide one event."""
    caller = _caller(request)
    spend(caller, 1)
    explain = bool(request.query) and _is_set(request.query, "explain")
    given = submission(request.body, caller=caller.key.key_id, explain=explain)
    api.organisation_of(caller).intake.take(given, request.slot, request.slot.connection)


def answer_batch(api: Api, request: Request) -> None:
    """Decide up to a thousand events; each has its own answer or problem."""
    caller = _caller(request)
    batch = Batch(api.organisation_of(caller), request.slot, caller=caller.key.key_id, refused=api.refused)
    bodies = batch.split(request.body, limit=api.bounds.batch_events)
    spend(caller, len(bodies))
    batch.run(bodies)


def answer_stored(api: Api, request: Request) -> None:
    """Answer a decision made before."""
    caller = _caller(request)
    spend(caller, 1)
    event_id = _text(request.path.removeprefix(b"/v1/decisions/"))
    api.organisation_of(caller).stored.answer(event_id, request.slot)


def answer_label(api: Api, request: Request) -> None:
    """Take in what became known later about an event or an entity."""
    caller = _caller(request)
    spend(caller, 1)
    take_label(api.organisation_of(caller), request.body, request.slot, caller=caller.key.key_id)


def answer_holds(api: Api, request: Request) -> None:
    """Say what is frozen or listed, until when, why."""
    caller = _caller(request)
    spend(caller, 1)
    kind, _, entity_id = request.path.removeprefix(b"/v1/holds/").partition(b"/")
    request.slot.ok(api.organisation_of(caller).holds(_text(kind), _text(entity_id)))


def answer_health(api: Api, request: Request) -> None:
    """Say that the process lives."""
    request.slot.ok(b'{"status":"alive"}')


def answer_readiness(api: Api, request: Request) -> None:
    """Say whether events are taken in."""
    report = api.health.report()
    request.slot.respond(200 if report.is_ready else 503, report.encode())


def answer_metrics(api: Api, request: Request) -> None:
    """Show the counters."""
    api.check_scrape(request)
    request.slot.respond(200, render_metrics(api.metrics), media=EXPOSITION_MEDIA)


def answer_openapi(api: Api, request: Request) -> None:
    """Describe the calls."""
    request.slot.ok(render_openapi())


def _check_calls() -> dict[bytes, Mapping[bytes, Call]]:
    kinds: tuple[Kind, ...] = ("link", "phone", "text")
    calls: dict[bytes, Mapping[bytes, Call]] = {
        b"/v1/checks/%b" % kind.encode(): {
            b"POST": Call(partial(answer_check, kind), "checks", _SINGLE_MEDIA, CHECK_BYTES)
        }
        for kind in kinds
    }
    image = Call(answer_image_check, "checks", _IMAGE_MEDIA, ORDER_BYTES)
    correction = Call(answer_correction, "checks", _SINGLE_MEDIA, CORRECTION_BYTES)
    order = Call(answer_signature_order, "signatures", _SINGLE_MEDIA, ORDER_BYTES)
    return calls | {
        b"/v1/checks/image": {b"POST": image},
        b"/v1/checks/corrections": {b"POST": correction},
        b"/v1/signatures": {b"GET": Call(answer_signatures, "read"), b"POST": order},
    }


def answer_check(kind: Kind, api: Api, request: Request) -> None:
    """Check what somebody pasted."""
    caller = _caller(request)
    spend(caller, 1)
    given = parse_request(request.body, REQUESTS[kind])
    require_checks(api.checks).check(api.organisation_of(caller), kind, given, Counting(api, request.slot))


def answer_image_check(api: Api, request: Request) -> None:
    """Check a picture."""
    caller = _caller(request)
    spend(caller, 1)
    waiter = Counting(api, request.slot)
    require_checks(api.checks).check_picture(api.organisation_of(caller), request.body, waiter)


def answer_correction(api: Api, request: Request) -> None:
    """Take in what a person says of a signature."""
    caller = _caller(request)
    spend(caller, 1)
    given = parse_correction(request.body)
    waiter = Counting(api, request.slot)
    require_checks(api.checks).correct(api.organisation_of(caller), given, waiter, caller=caller.key.key_id)


def answer_signatures(api: Api, request: Request) -> None:
    """Say what is published, with hits and corrections."""
    caller = _caller(request)
    spend(caller, 1)
    require_checks(api.checks).describe(api.organisation_of(caller), Counting(api, request.slot))


def answer_signature_order(api: Api, request: Request) -> None:
    """Publish signatures, after they were proven."""
    caller = _caller(request)
    spend(caller, 1)
    require_checks(api.checks).publish(api.organisation_of(caller), request.body, Counting(api, request.slot))


class Counting:
    """Passes an answer that comes later on to its slot, and counts a refusal."""

    def __init__(self, api: Api, slot: Slot) -> None:
        self._api = api
        self._slot = slot

    def ok(self, body: bytes) -> None:
        """Answer."""
        self._slot.ok(body)

    def refuse(self, error: EngineError) -> None:
        """Refuse."""
        self._api.refused(error)
        self._slot.refuse(error)


def _is_set(query: bytes, name: str) -> bool:
    value = parse_query(query).get(name, "0")
    if value not in ("0", "1", "true", "false"):
        raise RequestMalformed(reason=f"{name} is 0 or 1", reason_zh=f"{name} 须为 0 或 1")
    return value in ("1", "true")


def _text(part: bytes) -> str:
    try:
        text = unquote_to_bytes(part).decode()
    except UnicodeDecodeError:
        raise NotFound from None
    if not text or len(text) > 512:
        raise NotFound
    return text
