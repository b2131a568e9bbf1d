"""How a command says that something was refused: both languages, the words exactly as they are."""

from __future__ import annotations

from rich.console import Console
from rich.text import Text

from anxin.engine.errors import EngineError


def tell_refusal(console: Console, refusal: EngineError, *, by_code: bool = False) -> None:
    """Print a refusal behind a cross, or behind its code; brackets in it are no markup."""
    zh, en = refusal.sentence("zh"), refusal.sentence("en")
    head, indent = (f"{refusal.code}  ", "") if by_code else ("✗ ", "  ")
    console.print(Text.assemble((head, "bold red"), f"{zh}\n{indent}{en}"), highlight=False, soft_wrap=True)
