import typer
from typer.testing import CliRunner

from anxin.cli.check_personal_data import personal_data
from anxin.cli.check_phone import phone


def run(command: object, arguments: list[str], given: str | None = None) -> tuple[int, str]:
    app = typer.Typer()
    app.command()(command)  # type: ignore[type-var]  # either command function
    result = CliRunner().invoke(app, arguments, input=given)
    return result.exit_code, result.output


def test_numbers_are_read_line_by_line() -> None:
    code, printed = run(phone, ["-o", "json"], "17012345678\n\n0086110\n")
    assert code == 0
    assert ['"level":"high_risk"' in line for line in printed.splitlines()] == [False, True]


def test_personal_data_is_masked() -> None:
    assert run(personal_data, ["--hide", "mask", "电话13812345678"]) == (0, "电话138****5678\n")


def test_tokens_need_a_key() -> None:
    assert run(personal_data, ["--hide", "token", "13812345678"])[0] == 2


def test_the_table_never_shows_the_value() -> None:
    code, printed = run(personal_data, ["电话13812345678"])
    assert (code, "13812345678" in printed, "电话号码" in printed) == (0, False, True)
