from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from anxin.desk.foundation.permissions.catalogue import field_rules
from anxin.desk.foundation.permissions.masks import coarse, mask


@pytest.mark.parametrize(
    ("kind", "value", "shown"),
    [
        ("phone", "13812341234", "138****1234"),
        ("phone", "+86 138 1234 1234", "138****1234"),
        ("phone", "110", "***"),
        ("name", "欧阳小满", "欧***"),
        ("name", "Jane Doe", "J*** D**"),
        ("email", "jane.doe@example.com", "j***@example.com"),
        ("identity_number", "11010519491231002X", "**************002X"),
        ("card", "6222 0212 3456 7890 123", "622202*********0123"),
        ("address", "广东省深圳市南山区科技园1号", "广东省深圳市******"),
        ("ip", "203.0.113.7", "203.0.*.*"),
        ("ip", "2001:db8::7", "2001:db8:*"),
        ("device", "3f9a77c1e2d4", "3f9a…"),
        ("text", "加我 13812341234 或 a.b@c.com", "加我 138******34 或 a***@c.com"),
        ("unheard", "secret", "******"),
    ],
)
def test_masks(kind: str, value: str, shown: str) -> None:
    assert mask(kind, value) == shown


@given(st.sampled_from(sorted(field_rules())), st.from_regex(r"\A1[3-9]\d{9}\Z"))
def test_no_mask_shows_a_whole_phone_number(kind: str, number: str) -> None:
    assert number not in mask(kind, number)
    assert number not in coarse(kind, number)


@given(st.text(max_size=80))
def test_masks_never_fail(value: str) -> None:
    for kind in field_rules():
        assert isinstance(mask(kind, value), str)
