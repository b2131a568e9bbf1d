"""By what a list is looked up is said in words: kinds of things by their name, fields by theirs."""

from __future__ import annotations

import pytest
from django.utils import translation

from anxin.desk.decisioning.lists.declared import DeclaredList, LookedUp
from anxin.desk.decisioning.lists.panels import looked_up_words
from anxin.desk.foundation.ui.words import Words


def declared(*fields: tuple[str, str]) -> DeclaredList:
    looked_up = tuple(LookedUp(field, kind, "") for field, kind in fields)
    return DeclaredList("names", Words("名单", "list"), "grey", "", "lead", "p@1", (), looked_up, ())


@pytest.mark.parametrize(
    ("language", "fields", "said"),
    [
        ("zh", (("domain", ""), ("link_domains", "")), "域名、链接域名"),
        ("en", (("ip_asn", ""), ("nickname", "")), "network number (ASN), nickname"),
        ("zh", (("actor_id", "user"), ("other_id", "user")), "用户"),
        ("en", (("own_field_of_a_policy", ""),), "own_field_of_a_policy"),
        ("zh", (), ""),
    ],
)
def test_what_it_is_looked_up_by(language: str, fields: tuple[tuple[str, str], ...], said: str) -> None:
    with translation.override(language):
        assert looked_up_words(declared(*fields)) == said
