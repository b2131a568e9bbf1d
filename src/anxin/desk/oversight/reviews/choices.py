"""What people choose from in a review; each code with its words."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from pathlib import Path

from anxin.desk.foundation.edge.refusals import FieldInvalid
from anxin.desk.foundation.edge.yaml_files import read_yaml
from anxin.desk.foundation.ui.words import Words

_FILE = Path(__file__).with_name("words.yaml")
PROOF_OF: Mapping[str, str] = {
    "rule": "rule_replay",
    "playbook": "document",
    "script": "document",
    "training": "drill_pass",
    "product": "release",
    "policy": "document",
}
"""What usually proves an action of a kind; the one who asks for it may choose another proof."""


@cache
def choices(name: str) -> Mapping[str, Words]:
    """Return the codes of one list with their words; raise KeyError for a list that is not there."""
    document = read_yaml(_FILE)
    return {code: Words(each["zh"], each["en"]) for code, each in document[name].items()}


def require_choice(name: str, code: str, *, field: str) -> str:
    """Return the code; raise FieldInvalid when it is not one of the list."""
    if code not in choices(name):
        raise FieldInvalid(pointer=f"/{field}", field=field, reason=", ".join(choices(name)))
    return code
