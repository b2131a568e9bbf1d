"""A kernel older than its sources is named, with what to do; other failures keep their traceback."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from anxin.cli import kernels


@pytest.fixture
def kernel(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    compiled, source = tmp_path / "kernel.so", tmp_path / "kernel.pyx"
    for path in (compiled, source, tmp_path / "beside.py"):
        path.touch()
    for path, at in ((source, 10), (compiled, 20), (tmp_path / "beside.py", 30)):
        os.utime(path, (at, at))
    places = dict.fromkeys(kernels.KERNELS) | {kernels.KERNELS[0]: compiled}
    monkeypatch.setattr(kernels, "_compiled", places.get)
    return compiled


def told(problem: Exception, capsys: pytest.CaptureFixture[str]) -> list[str]:
    try:
        raise problem
    except type(problem) as raised:
        kernels.tell_failure(type(raised), raised, raised.__traceback__)
    return capsys.readouterr().err.splitlines()


def test_what_runs_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    places: dict[str, Path | None] = dict.fromkeys(kernels.KERNELS, Path("here"))
    monkeypatch.setattr(kernels, "_compiled", places.get)
    assert kernels.which_runs() == "已编译内核 compiled kernel"
    places[kernels.KERNELS[0]] = None
    assert kernels.which_runs() == "较慢的纯 Python 参考实现 the slower pure-Python reference (kernel)"


def test_a_kernel_is_stale_when_a_source_is_younger(kernel: Path) -> None:
    assert kernels.stale_kernels() == []
    os.utime(kernel, (5, 5))
    assert kernels.stale_kernels() == ["anxin.engine.windows.kernel"]


def test_a_stale_kernel_is_told_in_both_languages(kernel: Path, capsys: pytest.CaptureFixture[str]) -> None:
    os.utime(kernel, (5, 5))
    zh, en, place, last = told(TypeError("takes 2"), capsys)
    assert "（anxin.engine.windows.kernel）：请重新运行 make run" in zh
    assert "(anxin.engine.windows.kernel): run make run again" in en
    assert place.startswith(__file__)
    assert last == "TypeError: takes 2"


@pytest.mark.parametrize(("built", "problem"), [(20, TypeError("takes 2")), (5, ZeroDivisionError("by zero"))])
def test_any_other_failure_keeps_its_traceback(
    kernel: Path, capsys: pytest.CaptureFixture[str], built: int, problem: Exception
) -> None:
    os.utime(kernel, (built, built))
    first, *_, last = told(problem, capsys)
    assert first == "Traceback (most recent call last):"
    assert last == f"{type(problem).__name__}: {problem}"
