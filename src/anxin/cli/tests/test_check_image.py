"""`anxin check image`, as a user calls it."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
import typer
from PIL import Image
from typer.testing import CliRunner

from anxin.checkers.images.tests.pictures import bomb
from anxin.checkers.screenshots.tests.rendering import chat, encoded
from anxin.cli import check_image
from anxin.vision.tests.stub import DIE, SERVE, order
from anxin.vision.worker import ScreenshotWorker

STUB = "anxin.vision.tests.stub"


def run(*arguments: str, given: str = "") -> tuple[int, list[dict[str, object]], str]:
    app = typer.Typer()
    app.command()(check_image.image)
    result = CliRunner().invoke(app, list(arguments), input=given)
    lines = [json.loads(line) for line in result.output.splitlines() if line.startswith("{")]
    return result.exit_code, lines, result.output


@pytest.fixture
def _cheap_reader(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(check_image, "ScreenshotWorker", lambda limits: ScreenshotWorker(limits, reader=STUB))


@pytest.fixture
def picture(tmp_path: Path) -> Path:
    path = tmp_path / "ok.png"
    path.write_bytes(order(SERVE))
    return path


def test_a_real_picture_is_told_and_copied_without_personal_data(tmp_path: Path) -> None:
    source = tmp_path / "chat.jpg"
    source.write_bytes(encoded(chat("把钱转到安全账户，电话13812345678", height=700), "JPEG"))
    code, lines, output = run(str(source), "-o", "json", "--redacted", str(tmp_path))
    assert (code, lines[0]["checked"]["level"], "13812345678" in output) == (0, "suspicious", False)
    with Image.open(str(lines[0]["redacted"])) as copy:
        assert (copy.format, copy.size) == ("PNG", (1080, 700))


@pytest.mark.usefixtures("_cheap_reader")
def test_each_file_gets_its_line_and_refusals_do_not_stop_the_others(tmp_path: Path, picture: Path) -> None:
    files = {"zip.png": b"PK\x03\x04", "huge.png": bomb(20_000, 20_000), "deadly.png": order(DIE), "empty.png": b""}
    for name, data in files.items():
        (tmp_path / name).write_bytes(data)
    names = [*(str(tmp_path / name) for name in files), str(tmp_path / "absent.png"), str(picture)]
    code, lines, _ = run("-o", "json", given="\n".join(["", *names, ""]))
    codes = [str(line["refused"]["code"]) if "refused" in line else "" for line in lines]
    assert [line["file"] for line in lines] == names
    assert codes == [
        "image.unknown_format",
        "image.too_many_pixels",
        "vision.died",
        "image.empty",
        "file.unreadable",
        "",
    ]
    assert code == 1


@pytest.mark.usefixtures("_cheap_reader")
def test_the_table_speaks_both_languages(tmp_path: Path, picture: Path) -> None:
    broken = tmp_path / "broken.png"
    broken.write_bytes(b"\x89PNG\r\n\x1a\n")
    code, _, output = run(str(picture), str(broken))
    assert (code, "未发现已知风险 no known risk" in output) == (1, True)
    assert ("图片已损坏" in output, "broken or incomplete" in output) == (True, True)


@pytest.mark.parametrize(
    ("option", "content"),
    [("--known", "12 poster\n"), ("--known", None), ("--redacted", None)],
    ids=["hash", "file", "folder"],
)
def test_a_wrong_call_exits_2(tmp_path: Path, picture: Path, option: str, content: str | None) -> None:
    place = tmp_path / "given"
    if content is not None:
        place.write_text(content, encoding="utf-8")
    assert run(str(picture), option, str(place))[0] == 2


def test_the_extra_that_is_missing_is_named(picture: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(check_image, "ScreenshotWorker", lambda limits: ScreenshotWorker(limits, reader="no_reader"))
    code, lines, output = run(str(picture))
    assert (code, lines) == (2, [])
    assert ("make full" in output, "no_reader" in output) == (True, True)
