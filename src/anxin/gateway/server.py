"""The gateway process: open, restore, listen, serve, drain, close."""

from __future__ import annotations

import asyncio
import os
import signal
import ssl
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import partial

from anxin.engine.log.errors import DiskShort, LogFailed
from anxin.engine.log.keys import FileKeyRing
from anxin.gateway.addresses import Proxies
from anxin.gateway.answers import DATE
from anxin.gateway.api import Api, Bounds
from anxin.gateway.checks import Checks, has_extra
from anxin.gateway.config import ConfigInvalid, GatewayConfig, master_key_path
from anxin.gateway.control import ControlRow, open_control
from anxin.gateway.control_feed import CONTROL_FAULTS, ControlFeed
from anxin.gateway.control_place import control_url, note_place
from anxin.gateway.descriptors import connections_that_fit
from anxin.gateway.garbage import Garbage
from anxin.gateway.gauges import measure
from anxin.gateway.health import Health
from anxin.gateway.journal import JOURNAL, note, warn
from anxin.gateway.key_orders import obey_key_order
from anxin.gateway.keys import SCOPES, KeyBook, KeysUnreadable
from anxin.gateway.metrics import Metrics
from anxin.gateway.opening import Opening, kept_organisations
from anxin.gateway.organisation import Organisation, Surroundings
from anxin.gateway.requests import WireLimits
from anxin.gateway.room import disk_shortage
from anxin.gateway.signature_orders import PUBLISH as SIGNATURES
from anxin.gateway.sweeps import UPKEEP_FAILED, Sweep
from anxin.gateway.upkeep import Upkeep
from anxin.gateway.wire import Line

_SWEEP_SECONDS = 0.5
_COMMIT_SECONDS = 0.002
_COME_AGAIN_SECONDS = 0.1
_DISK_FAILED = 74


@dataclass(frozen=True)
class Listening:
    """Where the gateway listens; `new_key` is the key made at the first start, None later.

    `shortage` says why it refuses events all the same, None when it takes them.
    """

    host: str
    port: int
    new_key: str | None
    shortage: DiskShort | None = None


class Gateway:
    """One gateway process.

    `announce` hears where it listens once it is ready, `progress` how much of an organisation's log (0–1) is read.
    """

    def __init__(
        self,
        config: GatewayConfig,
        *,
        clock: Callable[[], int],
        announce: Callable[[Listening], None],
        progress: Callable[[str, float], None],
    ) -> None:
        self._config = config
        self._progress = progress
        self._clock = clock
        self._announce = announce
        self._stop = asyncio.Event()
        self._loop = asyncio.get_running_loop()
        config.data.mkdir(parents=True, exist_ok=True, mode=0o700)
        self.ring = FileKeyRing(master_key_path(config))
        self.keys = KeyBook(config.data / "keys.json", clock=clock)
        self.metrics = Metrics()
        self.health = Health()
        bounds = Bounds(config.max_event_bytes, config.max_batch_bytes, config.max_batch_events)
        self.api = Api(keys=self.keys, metrics=self.metrics, health=self.health, bounds=bounds)
        proxies = Proxies(config.trusted_proxies)
        connections = connections_that_fit(config.max_connections)
        if connections < config.max_connections:
            warn("connections.fewer", wanted=config.max_connections, fit=connections)
        self._line = Line(self.api, limits=_limits(config, connections), proxies=proxies, loop=self._loop)
        self._executor = ThreadPoolExecutor(1, thread_name_prefix="stored")
        self._upkeep: list[Upkeep] = []
        self._garbage = Garbage()
        self._feed: ControlFeed | None = None

    @property
    def organisations(self) -> dict[str, Organisation]:
        """The organisations that are ready, by name."""
        return self.api.organisations

    def request_stop(self) -> None:
        """Begin a clean stop."""
        self._stop.set()

    async def run(self) -> None:
        """Serve until asked to stop, then leave nothing behind unsaved."""
        self._loop.set_exception_handler(_report_fault)
        for number in (signal.SIGTERM, signal.SIGINT):
            self._loop.add_signal_handler(number, self.request_stop)
        names = self._organisation_names()
        self.health.replayed = dict.fromkeys(names, 0.0)
        self.health.is_full = self._is_full
        self.metrics.gauges = lambda: measure(self.organisations, self.health)
        server = await self._listen()
        try:
            await self._restore(names)
            if not self._stop.is_set():
                self._open_checks()
                self._announce_ready(server)
                self._follow_control()
            self._garbage.settle()
            await self._sweep_until_stopped()
        finally:
            await self._drain(server)

    def _organisation_names(self) -> list[str]:
        """Return the organisations with a folder, an unrevoked key, or set as the first one."""
        folder = self._config.data / "organisations"
        folder.mkdir(exist_ok=True, mode=0o700)
        self.keys.refresh()
        keyed = {key.organisation for key in self.keys.list_keys()}
        return sorted(set(kept_organisations(folder)) | keyed | {self._config.organisation})

    async def _listen(self) -> asyncio.Server:
        config, tls = self._config, _tls(self._config)
        # A connection is counted when it has shaken hands, and takes an open file before.
        seconds = config.head_seconds if tls is not None else None
        try:
            return await self._loop.create_server(
                self._line.connect, config.host, config.port, backlog=2048, ssl=tls, ssl_handshake_timeout=seconds
            )
        except OSError as problem:
            where = f"{config.host}:{config.port}"
            zh, en = f"无法监听 {where}，端口可能已被占用", f"cannot listen on {where}; the port may be taken"
            raise ConfigInvalid(reason=f"{en} ({problem.strerror})", reason_zh=f"{zh}（{problem.strerror}）") from None

    def _find_shortage(self) -> DiskShort | None:
        if not self._is_full():
            return None
        shortage = disk_shortage(self._config)
        warn(shortage.code, reason=shortage.sentence("en"))
        return shortage

    def _announce_ready(self, server: asyncio.Server) -> None:
        new_key = None
        if not self.keys.list_keys():
            new_key = self.keys.issue(organisation=self._config.organisation, scopes=SCOPES)
        self._announce(Listening(self._config.host, server.sockets[0].getsockname()[1], new_key, self._find_shortage()))

    async def _restore(self, names: list[str]) -> None:
        around = Surroundings(
            loop=self._loop,
            executor=self._executor,
            clock=self._clock,
            max_waiting=self._config.max_waiting,
            on_failed=self._die,
            on_policies=self._garbage.owe,
            obey_key_order=partial(obey_key_order, self.keys),
        )
        for name in names:
            opening = Opening(name, self._config, self.ring, counts=self.metrics.of(name), around=around)
            for share in opening.run():
                self.health.replayed[name] = round(share, 3)
                self._progress(name, share)
                await asyncio.sleep(0)
                if self._stop.is_set():
                    return
            organisation = opening.finish()
            self.organisations[name] = organisation
            self._upkeep.append(Upkeep(organisation, self._config, clock=self._clock))
            await _first_commit(organisation)
            del self.health.replayed[name]

    def _open_checks(self) -> None:
        """Fill fields and answer check calls from now on, where that is wanted and can be done."""
        config = self._config
        if config.checks == "off":
            return
        if not has_extra():
            note("checks.unavailable")
            return
        url = control_url(config)
        self.api.checks = Checks(
            self.organisations,
            self.ring,
            config.circles or config.data / "circles",
            open_table=lambda: open_control(url),
            seconds=config.decision_budget_ms / 1000,
            refused=self.api.refused,
        )
        if config.checks == "start":
            self.api.checks.process.start()

    def _follow_control(self) -> None:
        places = {name: each.state.place for name, each in self.organisations.items()}
        url = control_url(self._config)
        note_place(self._config)
        self._feed = ControlFeed(
            lambda: open_control(url),
            places,
            loop=self._loop,
            prepare=self._prepare_control,
            deliver=self._take_control,
            state=self._hear_control,
        )
        self._feed.start()

    def _prepare_control(self, row: ControlRow) -> None:
        organisation = self.organisations.get(row.organisation)
        if organisation is not None:
            organisation.prepare_control(row)

    def _take_control(self, rows: list[ControlRow], taken: Callable[[], None]) -> None:
        for place, row in enumerate(rows):
            organisation = self.organisations.get(row.organisation)
            if organisation is None:
                warn("control.unknown_organisation", organisation=row.organisation, seq=row.seq)
            elif not organisation.take_control(row):
                self._loop.call_later(_COME_AGAIN_SECONDS, self._take_control, rows[place:], taken)
                return
            elif row.kind == SIGNATURES and self.api.checks is not None:
                self.api.checks.refresh(row.organisation)
        taken()

    def _hear_control(self, word: str) -> None:
        self.health.degraded -= set(CONTROL_FAULTS)
        if word != "ok":
            self.health.degraded.add(word)

    async def _sweep_until_stopped(self) -> None:
        sweeps = [Sweep(name, tick, clock=self._clock) for name, tick in self._ticks()]
        while not self._stop.is_set():
            DATE.renew()
            for each in sweeps:
                each.run()
            self._hear_upkeep(has_failed=any(each.has_failed for each in sweeps))
            try:
                await asyncio.wait_for(self._stop.wait(), _SWEEP_SECONDS)
            except TimeoutError:
                continue

    def _ticks(self) -> Iterator[tuple[str, Callable[[], None]]]:
        yield "connections", self._line.sweep
        yield "keys", self._refresh_keys
        for each in self._upkeep:
            yield each.name, each.tick
        if self.api.checks is not None:
            yield "checks", self.api.checks.tick
        yield "memory", lambda: self._garbage.tick(sum(each.writer.last_seq for each in self.organisations.values()))

    def _hear_upkeep(self, *, has_failed: bool) -> None:
        if has_failed:
            self.health.degraded.add(UPKEEP_FAILED)
        else:
            self.health.degraded.discard(UPKEEP_FAILED)

    def _refresh_keys(self) -> None:
        try:
            self.keys.refresh()
        except KeysUnreadable as problem:
            warn(problem.code, reason=problem.sentence("en"))

    async def _drain(self, server: asyncio.Server) -> None:
        """Stop accepting, finish what is under way, commit, snapshot."""
        self.health.is_draining = True
        note("draining", connections=len(self._line.open))
        server.close()
        self._line.drain()
        deadline = self._loop.time() + self._config.shutdown_seconds
        while self._line.open and self._loop.time() < deadline:
            self._line.sweep()
            await asyncio.sleep(0.02)
        if self._feed is not None:
            await self._loop.run_in_executor(None, self._feed.stop)
        for each in self._upkeep:
            each.stop()
        if self.api.checks is not None:
            self.api.checks.stop()
        for organisation in self.organisations.values():
            organisation.stop()
        self._executor.shutdown()
        note("stopped")

    def _is_full(self) -> bool:
        return any(each.writer.is_full for each in self.organisations.values())

    def _die(self, failure: LogFailed) -> None:
        """End at once: what the disk holds is unknown, and no answer may leave any more."""
        warn("log.failed", reason=failure.sentence("en"))
        os._exit(_DISK_FAILED)


async def _first_commit(organisation: Organisation) -> None:
    """Wait until the log has written its first record, or found no room for it: only then is it known to be ready."""
    writer, first = organisation.writer, organisation.writer.last_seq
    while writer.durable_seq < first and not writer.is_full:
        await asyncio.sleep(_COMMIT_SECONDS)


def _report_fault(loop: asyncio.AbstractEventLoop, context: dict[str, object]) -> None:
    """Write a fault of a call to the journal; its connection is closed, the others go on."""
    fault = context.get("exception")
    JOURNAL.error("fault", exc_info=fault if isinstance(fault, Exception) else None)


def _limits(config: GatewayConfig, connections: int) -> WireLimits:
    return WireLimits(
        head_seconds=config.head_seconds,
        body_seconds=config.body_seconds,
        idle_seconds=config.idle_seconds,
        connections=connections,
        held_bytes=config.max_held_bytes,
    )


def _tls(config: GatewayConfig) -> ssl.SSLContext | None:
    if config.tls_certificate is None:
        return None
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(config.tls_certificate, config.tls_key)
    return context
