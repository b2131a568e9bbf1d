from __future__ import annotations

import os
from pathlib import Path

import msgspec
import pytest
from click.testing import CliRunner, Result

from anxin.checkers.signatures.tests.samples import FILE
from anxin.cli.main import root
from anxin.cli.signature_book import published_book
from anxin.gateway.config import GatewayConfig

NUMBERS = """\
set: numbers
version: "1"
signatures:
  - kind: phone
    id: PH-1
    owner: intelligence
    source: reports
    valid_from: 2020-01-01
    valid_until: 2099-01-01
    values: ["13912345678"]
    tests: {positive: ["139 1234 5678"], negative: ["110"]}
"""


def run(data: Path, *arguments: str, given: str | None = None) -> Result:
    data.mkdir(exist_ok=True, mode=0o700)
    where = [] if arguments[0] == "check" else ["--data", str(data)]
    return CliRunner().invoke(root(), ["signatures", *arguments, *where], input=given)


def ids(data: Path) -> list[str]:
    return [each.id for each in published_book(GatewayConfig(data=data))]


def write(folder: Path, text: str, name: str = "own.yaml") -> str:
    path = folder / name
    path.write_text(text, encoding="utf-8")
    return str(path)


def test_files_are_checked_and_mistakes_named_by_file_and_line(tmp_path: Path) -> None:
    good = run(tmp_path, "check", write(tmp_path, FILE))
    assert (good.exit_code, "own 3" in good.stderr) == (0, True)
    for wrong, place in (("negative: [百万保障到期, x]", "line 25"), ("valid_until: x", "line 9")):
        given = (
            FILE.replace("negative: [保障到位, 直播很好看]", wrong)
            if "neg" in wrong
            else FILE.replace("valid_until: 2026-10-01", wrong, 1)
        )
        refused = run(tmp_path, "check", write(tmp_path, given))
        assert refused.exit_code == 3
        assert "own.yaml" in refused.stderr
        assert place in refused.stderr


def test_a_set_is_published_and_a_wrong_one_changes_nothing(tmp_path: Path) -> None:
    data = tmp_path / "data"
    file = write(tmp_path, FILE)
    assert run(data, "publish", file, "--dry-run").exit_code == 0
    assert ids(data) == []
    done = run(data, "publish", file)
    assert (done.exit_code, done.stdout) == (0, "1\n")
    assert ids(data) == ["LK-1", "TX-1"]
    refused = run(data, "publish", write(tmp_path, FILE.replace("evil.example, ", "com.cn, ", 1)))
    assert (refused.exit_code, "line 11" in refused.stderr) == (3, True)
    assert ids(data) == ["LK-1", "TX-1"]


def test_numbers_leave_their_file_as_tokens(tmp_path: Path) -> None:
    data = tmp_path / "data"
    assert run(data, "publish", write(tmp_path, NUMBERS)).exit_code == 0
    assert ids(data) == ["PH-1"]
    assert all(b"13912345678" not in path.read_bytes() for path in data.rglob("*") if path.is_file())


def test_a_feed_is_weighed_and_a_bad_one_is_refused(tmp_path: Path) -> None:
    data = tmp_path / "data"
    hosts = "\n".join(f"bad{number}.example" for number in range(100))
    first = write(tmp_path, hosts, "feed.txt")
    assert "+100" in run(data, "import", first, "--name", "open", "--dry-run").stderr
    assert ids(data) == []
    assert run(data, "import", first, "--name", "open").exit_code == 0
    for text, said in (
        (hosts + "\nwww.taobao.com\n", "line 101"),
        ("bad1.example\n", "shrank"),
        ("", "empty"),
        ("??\n", "line 1"),
    ):
        refused = run(data, "import", write(tmp_path, text, "next.txt"), "--name", "open")
        assert (refused.exit_code, said in refused.stderr) == (3, True), refused.stderr
    assert [len(each.values) for each in published_book(GatewayConfig(data=data))] == [100]


def test_a_feed_that_never_answers_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    reading, writing = os.pipe()
    os.write(writing, b"bad.example\n")
    with os.fdopen(reading) as silent, os.fdopen(writing, "wb"):
        monkeypatch.setattr("anxin.cli.signatures.sys.stdin", silent)
        from anxin.checkers.signatures.errors import FeedRefused
        from anxin.cli.signatures import listen

        with pytest.raises(FeedRefused, match="stays in force"):
            listen(0.05)


def test_a_feed_on_standard_input_is_read_to_its_end(monkeypatch: pytest.MonkeyPatch) -> None:
    from anxin.cli.signatures import listen

    reading, writing = os.pipe()
    os.write(writing, "\ufeffbad.example\n".encode())
    os.close(writing)
    with os.fdopen(reading) as feed:
        monkeypatch.setattr("anxin.cli.signatures.sys.stdin", feed)
        assert listen(5.0) == "bad.example\n"


def test_indicators_travel_between_two_platforms(tmp_path: Path) -> None:
    ours, theirs = tmp_path / "ours", tmp_path / "theirs"
    secret, shared = tmp_path / "secret", tmp_path / "shared.jsonl"
    secret.write_bytes(b"a secret of two platforms\n")
    given = write(tmp_path, FILE.replace("2026-10-01", "2099-01-01"))
    numbers = write(tmp_path, NUMBERS, "numbers.yaml")
    export = ["export", given, numbers, "--circle", "shops", "--secret-file", str(secret), "--out", str(shared)]
    assert run(ours, *export).exit_code == 0
    lines = [msgspec.json.decode(line) for line in shared.read_bytes().splitlines()]
    assert [each.get("kind") for each in lines] == [None, "link", "link", "phone"]
    assert all(word not in shared.read_text() for word in ("evil", "139123", "pages"))
    assert run(theirs, "import", str(shared)).exit_code == 0
    assert [each.split("-2")[0] for each in ids(theirs)] == ["shops-link-high-amber", "shops-phone-medium-amber"]
    broken = write(tmp_path, shared.read_text() + "{}\n", "broken.jsonl")
    assert run(theirs, "import", broken).exit_code == 3


def test_a_wrong_call_says_so(tmp_path: Path) -> None:
    data = tmp_path / "data"
    assert run(data, "import", str(tmp_path / "none.txt")).exit_code == 3
    assert run(data, "import", write(tmp_path, "bad.example\n", "f.txt"), "--confidence", "sure").exit_code == 2


def test_the_example_of_the_docs_is_right(tmp_path: Path) -> None:
    page = (Path(__file__).parents[4] / "docs" / "checks.md").read_text(encoding="utf-8")
    lines = page[page.index("    set: own") : page.index("    anxin signatures check")].splitlines()
    example = "\n".join(line[4:] for line in lines)
    result = run(tmp_path, "check", write(tmp_path, example))
    assert result.exit_code == 0, result.stderr


@pytest.mark.parametrize(
    ("kind", "text"),
    [("link", "http://evil.example/x"), ("phone", "139 1234 5678"), ("text", "看 http://evil.example/ 打13912345678")],
)
def test_the_checks_use_what_is_published(tmp_path: Path, kind: str, text: str) -> None:
    data = tmp_path / "data"
    run(data, "publish", write(tmp_path, FILE.replace("2026-09-01", "2020-01-01").replace("2026-10-01", "2099-01-01")))
    run(data, "publish", write(tmp_path, NUMBERS, "numbers.yaml"))

    def sources(*where: str) -> set[str]:
        result = CliRunner().invoke(root(), ["check", kind, text, "-o", "json", *where])
        return {cue.get("source", "") for cue in msgspec.json.decode(result.stdout).get("cues", ())}

    expected = {"link": {"signature:LK-1"}, "phone": {"signature:PH-1"}, "text": {"signature:LK-1", "signature:PH-1"}}
    assert expected[kind] <= sources("--data", str(data))
    assert not expected[kind] & sources()
    assert CliRunner().invoke(root(), ["check", kind, text, "--data", str(tmp_path / "none")]).exit_code == 2
