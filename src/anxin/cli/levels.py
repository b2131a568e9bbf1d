"""How bad a checked thing is, as people read it."""

from __future__ import annotations

LEVELS = {
    "high_risk": "高风险 high risk",
    "suspicious": "可疑 suspicious",
    "no_known_risk": "未发现已知风险 no known risk",
}
COLOURS = {"high_risk": "red", "suspicious": "yellow", "no_known_risk": "dim"}
