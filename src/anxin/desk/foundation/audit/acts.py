"""The words of every act, gathered from the `acts.yaml` of all packages of the desk."""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import cache
from pathlib import Path

from django.apps import apps

from anxin.desk.foundation.edge.yaml_files import read_yaml
from anxin.desk.foundation.ui.words import Words

_FIELD = re.compile(r"\{\w+\}")


@cache
def act_words() -> Mapping[str, Words]:
    """Return the sentence of each act by its code; raise ValueError when two packages claim the same."""
    found: dict[str, Words] = {}
    for path in _files():
        for code, each in read_yaml(path)["acts"].items():
            if code in found:
                raise ValueError(f"{path}: {code} is declared twice")
            found[code] = Words(each["zh"], each["en"])
    return found


@cache
def act_choices() -> tuple[tuple[str, Words], ...]:
    """Return each act with its sentence, what it names left open, to choose from."""
    open_ = ((code, Words(_FIELD.sub("…", words.zh), _FIELD.sub("…", words.en))) for code, words in act_words().items())
    return tuple(sorted(open_))


def _files() -> list[Path]:
    folders = [Path(each.path) for each in apps.get_app_configs() if each.name.startswith("anxin.desk.")]
    return [path for folder in folders if (path := folder / "acts.yaml").exists()]
