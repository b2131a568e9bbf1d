from __future__ import annotations

from benchmarks.crash import FIRST_ANSWERS, run


def test_killing_a_loaded_gateway_loses_nothing_acknowledged() -> None:
    """Five kills here; the full fifty are `python -m benchmarks.crash`."""
    findings = run(kills=5, seed=20, longest=0.3)
    assert findings.kills == 5
    assert findings.acknowledged >= 5 * FIRST_ANSWERS
