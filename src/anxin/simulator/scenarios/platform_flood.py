"""Flood: machines hammer sign-in and checkout; the platform chokes and falls behind."""

from __future__ import annotations

from anxin.simulator.scenario import Scenario
from anxin.simulator.stage import MINUTE, Stage


def play(stage: Stage) -> None:
    """Report eight minutes of thirty times the usual load with alike clients, then a gap in intake."""
    for _ in range(8):
        stage.act_system("platform.health", gap_s=2, latency_p95_ms=9_000, qps=36_000, qps_baseline=1_200,
                         user_agent_entropy_permille=60)  # fmt: skip
        stage.act_system("waf.alert", severity_word="high", asset="edge", requests=220_000, ip="203.0.113.9")
        stage.wait(1 * MINUTE)
    stage.act_system("ids.alert", severity_word="high", asset="edge", ip="203.0.113.9")
    stage.wait(8 * MINUTE)
    stage.act_system("platform.health", gap_s=640, latency_p95_ms=130_000, qps=90, qps_baseline=1_200,
                     user_agent_entropy_permille=700)  # fmt: skip


SCENARIO = Scenario(
    name="platform_flood",
    zh="流量洪峰与接收中断",
    en="Flood of requests and a gap in intake",
    taxonomy="OPS.DDOS",
    rules=("RO01", "RO02", "RO05"),
    play=play,
    is_fraud=False,
)
