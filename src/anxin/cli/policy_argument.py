"""Opening the policy that a command was given, with its problems shown to a person."""

from __future__ import annotations

from pathlib import Path

import typer
from rich.console import Console

from anxin.engine.policy.definition import Policy
from anxin.engine.policy.loader import load_policy
from anxin.engine.policy.problems import PolicyErrors
from anxin.starter.folder import starter_folder

UNUSABLE = 3


def open_policy(folder: Path | None, option: str = "--policy") -> Policy:
    """Return the policy of a folder, or the starter policy; print every problem and exit 3 when it cannot be used."""
    chosen = folder or starter_folder()
    require_policy(chosen, option)
    try:
        return load_policy(chosen)
    except PolicyErrors as errors:
        console = Console(stderr=True)
        for problem in errors.problems:
            console.print(problem.sentence("zh"), highlight=False, markup=False)
            console.print(problem.sentence("en"), highlight=False, markup=False, style="dim")
        raise typer.Exit(UNUSABLE) from None


def require_policy(folder: Path, option: str) -> None:
    """Refuse a folder that is none of a policy as a wrong call of `option`."""
    if not (folder / "policy.yaml").is_file():
        told = f"{folder} 中没有 policy.yaml。There is no policy.yaml in {folder}."
        raise typer.BadParameter(told, param_hint=option)
