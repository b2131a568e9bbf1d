"""`anxin check link` and `anxin train url`, as a user calls them."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
import typer
from typer.testing import CliRunner

from anxin.cli.check_link import link
from anxin.cli.train_url import url


def run(command: object, *arguments: str, given: str = "") -> tuple[int, str]:
    app = typer.Typer()
    app.command()(command)  # type: ignore[type-var]  # typer wants a callable, which it is
    result = CliRunner().invoke(app, list(arguments), input=given)
    return result.exit_code, result.output


def test_one_link_as_json() -> None:
    code, output = run(link, "https://taoba0.com/", "-o", "json")
    answer = json.loads(output)
    assert (code, answer["level"], answer["facts"]["impersonates"]) == (0, "suspicious", "Taobao")


def test_lines_on_stdin_each_get_an_answer() -> None:
    code, output = run(
        link, "-o", "json", given="https://a.example/\n\n看http://jd-kefu.top/login和taoba0.com吧\nhello\n"
    )
    levels = [json.loads(line)["level"] for line in output.splitlines()]
    assert (code, levels) == (0, ["no_known_risk", "high_risk", "suspicious", "no_known_risk"])


def test_the_table_shows_the_link_defanged() -> None:
    code, output = run(link, "http://taoba0.com/")
    assert code == 0
    assert "hxxp[:]//taoba0[.]com/" in output
    assert "http://taoba0.com" not in output


def test_own_brands_and_lists_are_read(tmp_path: Path) -> None:
    brands, white = tmp_path / "brands.yaml", tmp_path / "white.txt"
    brands.write_text("brands:\n  - {name: Anxin Shop, zh: 安心, domains: [anxinshop.example]}\n", encoding="utf-8")
    white.write_text("# ours\ngood.example\n", encoding="utf-8")
    arguments = ("--brands", str(brands), "--white", str(white), "-o", "json")
    assert json.loads(run(link, "https://anxinsh0p.example/", *arguments)[1])["facts"]["impersonates"] == "Anxin Shop"
    assert json.loads(run(link, "https://good.example/a.apk", *arguments)[1])["score"] == 0


@pytest.mark.parametrize("content", ["com.cn\n", "a.good.example\n"])
def test_a_white_list_that_covers_too_much_is_refused(tmp_path: Path, content: str) -> None:
    white = tmp_path / "white.txt"
    white.write_text(content, encoding="utf-8")
    assert run(link, "https://a.example/", "--white", str(white))[0] == 2


def test_a_trained_model_serves_the_check(tmp_path: Path) -> None:
    rows = [f"https://secure-{number:03}x.top/verify,1" for number in range(300)]
    rows += [f"https://{number:03}books.org/read,0" for number in range(300)]
    source, out = tmp_path / "links.csv", tmp_path / "own.json"
    source.write_text("\n".join(["url,label", *rows]) + "\n", encoding="utf-8")
    assert run(url, str(source), "--out", str(out))[0] == 0
    assert out.with_suffix(".md").read_text(encoding="utf-8").startswith("# own\n")
    answer = json.loads(run(link, "https://secure-999x.top/verify", "--model", str(out), "-o", "json")[1])
    assert answer["level"] == "high_risk"


def test_training_names_the_row_without_a_label(tmp_path: Path) -> None:
    source = tmp_path / "links.csv"
    source.write_text("url,label\nhttps://a.example/,1\nhttps://b.example/,perhaps\n", encoding="utf-8")
    code, output = run(url, str(source), "--out", str(tmp_path / "own.json"))
    assert code == 2
    assert "row 3" in output
