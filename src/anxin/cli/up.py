"""`anxin up`: start gateway, desk and worker; with `--demo` also people, traffic, a platform and the live view."""

from __future__ import annotations

import os
import signal
import time
from collections.abc import Iterator
from typing import Annotated

import typer
from rich.console import Console

from anxin.cli.demonstration import (
    SEED,
    Show,
    demonstration_key,
    demonstration_password,
    first_key,
    keep_platform_token,
    kept_platform_token,
)
from anxin.cli.desk import prepare_database
from anxin.cli.gateway import (
    REFUSED,
    HostOption,
    PolicyOption,
    PortOption,
    render_curl,
)
from anxin.cli.kernels import keep_remedy, which_runs
from anxin.cli.language import Language, both, reader_language
from anxin.cli.options import ConfigOption, ControlUrlOption, DataOption
from anxin.cli.platform import Conduct, Line, Platform
from anxin.cli.programs import Program, Server, is_taken, reachable, stop_all, wait_until_ready
from anxin.cli.refusals import tell_refusal
from anxin.desk.boot.config import DeskConfig, load_desk_config
from anxin.desk.boot.safety import require_safe
from anxin.engine.errors import EngineError
from anxin.faults import catch_uncaught
from anxin.gateway.config import GatewayConfig, load_config
from anxin.gateway.config import require_safe as require_safe_gateway
from anxin.gateway.room import require_room
from anxin.starter.folder import starter_folder

LINES_OF_INTRODUCTION = 9
FAILED = 1
PAUSE_SECONDS = 0.5

DeskHostOption = Annotated[
    str | None,
    typer.Option(
        "--desk-host",
        help=both("工作台监听的地址；省略则只限本机", "address the desk listens on; this machine only when left out"),
    ),
]
DeskPortOption = Annotated[
    int | None,
    typer.Option(
        "--desk-port",
        help=both(
            "工作台监听的端口；省略则按配置，或为 8000", "port of the desk; as configured, or 8000, when left out"
        ),
    ),
]


DemoOption = Annotated[
    bool,
    typer.Option(
        help=both(
            "加入人员、模拟流量、会应答的平台和实时视图",
            "add people, simulated traffic, a platform that answers, and a live view",
        )
    ),
]
DemoMinutesOption = Annotated[
    int, typer.Option(min=0, max=60, help=both("一开始先补几分钟的流量", "minutes of traffic to begin with"))
]
LanguageOption = Annotated[
    Language | None,
    typer.Option(help=both("实时视图的语言；省略则用您的语言", "language of the live view; yours when left out")),
]


def up(
    data: DataOption = None,
    policy: PolicyOption = None,
    port: PortOption = None,
    desk_port: DeskPortOption = None,
    host: HostOption = None,
    *,
    desk_host: DeskHostOption = None,
    config_file: ConfigOption = None,
    database_url: ControlUrlOption = None,
    demo: DemoOption = False,
    demo_minutes: DemoMinutesOption = 10,
    language: LanguageOption = None,
) -> None:
    """Start everything on this machine; Ctrl-C stops it cleanly."""
    catch_uncaught()
    keep_remedy()
    console = Console()
    try:
        named = {} if config_file is None else {"ANXIN_CONFIG": str(config_file)}
        url = database_url or load_desk_config(os.environ | named).database_url
        config = load_config(
            config_file, os.environ, data=data, policy=policy, port=port, host=host, control_url=url or None
        )
        config = config if config.policy is not None else _with_starter(config)
        require_safe_gateway(config)
        given = {"ANXIN_DESK_PORT": desk_port, "ANXIN_DESK_HOST": desk_host}
        desk = _desk_environment(config, url, demo=demo) | named
        desk |= {name: str(value) for name, value in given.items() if value is not None}
        desk_config = load_desk_config(os.environ | desk)
        require_safe(desk_config)
        told_in = language or reader_language(os.environ)
        Installation(config, desk_config, desk, console, language=told_in, demo_minutes=demo_minutes).run()
    except EngineError as refusal:
        tell_refusal(console, refusal, by_code=True)
        raise typer.Exit(REFUSED) from None


def _with_starter(config: GatewayConfig) -> GatewayConfig:
    return load_config(None, {}, **{**_fields(config), "policy": starter_folder()})


def _fields(config: GatewayConfig) -> dict[str, object]:
    return {name: getattr(config, name) for name in config.__struct_fields__}


def _desk_environment(config: GatewayConfig, database_url: str, *, demo: bool) -> dict[str, str]:
    """Return what the desk must know of the gateway."""
    scheme = "http" if config.tls_certificate is None else "https"
    return {
        "ANXIN_DESK_DATA": str(config.data),
        "ANXIN_DESK_DATABASE_URL": database_url,
        "ANXIN_DESK_ORGANISATION": config.organisation,
        "ANXIN_DESK_GATEWAY_URL": f"{scheme}://{reachable(config.host)}:{config.port}",
        "ANXIN_DESK_DEMO": "true" if demo else "false",
    }


def _word(value: object) -> str:
    """Return a setting as the environment spells it."""
    if isinstance(value, tuple):
        return ",".join(str(each) for each in value)
    return str(value).lower() if isinstance(value, bool) else str(value)


class Installation:
    """Gateway, desk and worker, each in a process of its own, on one database."""

    def __init__(
        self,
        config: GatewayConfig,
        desk: DeskConfig,
        environment: dict[str, str],
        console: Console,
        *,
        language: Language,
        demo_minutes: int,
    ) -> None:
        # Orders must commit with the desk's own change, so they lie in the desk's database.
        url = desk.database_url or f"sqlite:///{config.data / 'desk.sqlite3'}"
        self.config = load_config(None, {}, **{**_fields(config), "control_url": url})
        self.desk = desk
        self._desk_environment = environment
        self._console = console
        self._language = language
        self._demo_minutes = demo_minutes
        self._is_stopping = False
        self._new_key: str | None = None

    def run(self) -> None:
        """Run until interrupted; exit 1 when a program did not start or ended by itself."""
        self._require_ports()
        require_room(self.config)
        self.config.data.mkdir(parents=True, exist_ok=True, mode=0o700)
        os.environ.update(self._desk_environment)
        self._prepare()
        programs = self._programs()
        signal.signal(signal.SIGTERM, self._ask_to_stop)
        signal.signal(signal.SIGINT, self._ask_to_stop)
        try:
            for each in programs:
                each.start(self._environment())
            with self._console.status("启动中 … Starting …"):
                failed = wait_until_ready(programs, lambda: self._is_stopping)
            if failed is not None:
                self._tell_failure(failed, zh="未能启动", en="did not start")
                self._tell_policy(failed)
                self._tell_new_key()
                raise typer.Exit(FAILED)
            self._show(programs)
        finally:
            stop_all(programs)
        self._console.print("已安全停止，数据已保存。Stopped cleanly; the data is kept.")

    def _require_ports(self) -> None:
        """Exit 1 when somebody else holds a port: that program's answers would be taken for ours."""
        wanted = (("gateway", self.config.host, self.config.port), ("desk", self.desk.host, self.desk.port))
        for name, host, port in wanted:
            if is_taken(host, port):
                self._console.print(
                    f"[bold red]{name} 未能启动。[/]{host}:{port} 已被另一个程序占用；"
                    f"请停止它，或用 --{name}-port 换一个端口。\n"
                    f"{name} did not start: another program listens on {host}:{port}; "
                    f"stop it, or choose a port with --{name}-port.",
                    soft_wrap=True,
                    highlight=False,
                )
                raise typer.Exit(FAILED)

    def _prepare(self) -> None:
        """Bring the database up to date; the demonstration gets its people and its key."""
        from anxin.desk.boot import program
        from anxin.desk.foundation.edge.clock import now

        with self._console.status("准备数据库 … Preparing the database …"):
            program.set_up()
            prepare_database()
        if not self.desk.demo:
            # Made here, because what the gateway prints goes to a journal, where a key must not stand.
            self._new_key = first_key(self.config)
        else:
            from anxin.desk.boot.demonstration import found_demonstration, platform_token

            data, slug = self.config.data, self.config.organisation
            found_demonstration(slug=slug, password=demonstration_password(data), at=now())
            keep_platform_token(data, platform_token(slug=slug, kept=kept_platform_token(data), at=now()))
            demonstration_key(self.config)

    def _programs(self) -> list[Program]:
        data, is_tls = self.config.data, self.config.tls_certificate is not None
        gateway = Server(reachable(self.config.host), self.config.port, "/readyz", is_tls=is_tls)
        desk = Server(reachable(self.desk.host), self.desk.port, "/healthz", name=self.desk.hosts[0])
        return [
            Program("gateway", ("gateway",), data / "gateway.log", ready=gateway.answers),
            Program("desk", ("desk", "serve"), data / "desk.log", ready=desk.answers),
            Program("worker", ("desk", "worker"), data / "worker.log"),
        ]

    def _environment(self) -> dict[str, str]:
        """Return an environment that names every setting, so that each process has exactly these."""
        words = {
            f"ANXIN_{name.upper()}": _word(value)
            for name, value in _fields(self.config).items()
            if value not in (None, ()) and name != "demo"
        }
        return dict(os.environ) | words | self._desk_environment

    def _tell_failure(self, program: Program, *, zh: str, en: str) -> None:
        self._console.print(
            f"[bold red]{program.name} {zh}。[/]{program.name} {en}. 最后的输出 Its last words:", soft_wrap=True
        )
        for line in program.last_words():
            self._console.print(line, style="dim", markup=False, highlight=False, soft_wrap=True)
        self._console.print(f"日志 journal: {program.journal}", soft_wrap=True, highlight=False)

    def _tell_policy(self, program: Program) -> None:
        """Say how to see what is wrong with the policy when the gateway could not use it."""
        folder = self.config.policy
        if program.name != "gateway" or folder is None:
            return
        from anxin.engine.policy.loader import load_policy  # a start that succeeds reads no policy here

        try:
            load_policy(folder)
        except EngineError:
            told = "策略不可用，全部问题见 The policy cannot be used, for all problems: anxin policy check"
            self._console.print(f"{told} {folder}", markup=False, highlight=False, soft_wrap=True)

    def _tell_new_key(self) -> None:
        if self._new_key is not None:
            told = f"访问密钥（仅显示一次）API key (shown once)  {self._new_key}"
            self._console.print(told, soft_wrap=True, highlight=False)

    def _ask_to_stop(self, _number: int, _frame: object) -> None:
        self._is_stopping = True

    def _show(self, programs: list[Program]) -> None:
        scheme = "http" if self.config.tls_certificate is None else "https"
        gateway = f"{scheme}://{self.config.host}:{self.config.port}"
        desk = f"http://{self.desk.host}:{self.desk.port}"
        say = self._console.print
        say(f"[bold green]Anxin 安心[/]  {which_runs()}   Ctrl-C 停止 stops", highlight=False)
        say(f"工作台 desk  {desk}   网关 gateway  {gateway}", soft_wrap=True, highlight=False)
        rounds = self._rounds(programs)
        if not self.desk.demo:
            self._introduce(desk, gateway)
            for is_over in rounds:
                if not is_over:
                    time.sleep(PAUSE_SECONDS)
            return
        key, password = demonstration_key(self.config), demonstration_password(self.config.data)
        say(f"登录 sign in  night-agent  密码 password  {password}", soft_wrap=True, highlight=False)
        say(
            "其他角色 other roles: specialist lead mentor analyst author compliance auditor privacy admin",
            style="dim",
            soft_wrap=True,
        )
        say(f"访问密钥 API key  {key}", soft_wrap=True, highlight=False)
        say("发送一个您自己的事件 Send an event of your own:", style="dim")
        curl = render_curl(gateway, key)
        say(curl, soft_wrap=True, markup=False, highlight=False)
        lines = LINES_OF_INTRODUCTION + -(-len(curl) // self._console.width)
        platform = self._platform(key)
        show = Show(self.config, self._console, platform, language=self._language, minutes=self._demo_minutes)
        show.run(rounds, lines_above=lines)

    def _platform(self, key: str) -> Platform:
        token = kept_platform_token(self.config.data)
        desk = Line(reachable(self.desk.host), self.desk.port, token, name=self.desk.hosts[0])
        return Platform(desk, Line("127.0.0.1", self.config.port, key), Conduct(SEED))

    def _introduce(self, desk: str, gateway: str) -> None:
        """Print what somebody needs who starts it for the first time: the way in, and the first key."""
        from anxin.desk.foundation.sign_in.first_run import first_run_code

        say = self._console.print
        if code := first_run_code():
            say(f"尚无组织，请打开 no organisation yet, open  {desk}/accounts/begin/", soft_wrap=True, highlight=False)
            say(f"启动码 first-run code  {code}", soft_wrap=True, highlight=False)
        if self._new_key is not None:
            self._tell_new_key()
            say(render_curl(gateway, self._new_key), soft_wrap=True, markup=False, highlight=False)

    def _rounds(self, programs: list[Program]) -> Iterator[bool]:
        while not self._is_stopping:
            ended = [each for each in programs if each.has_ended()]
            if ended:
                self._tell_failure(ended[0], zh="自行退出", en="ended by itself")
                raise typer.Exit(FAILED)
            yield False
        yield True
