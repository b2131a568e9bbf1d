"""A label that cannot be read names its own field, in both languages."""

from __future__ import annotations

import pytest

from anxin.engine.errors import EventRefused
from anxin.gateway.labels import parse_label
from anxin.gateway.problems import FieldUnknown


@pytest.mark.parametrize(
    ("body", "pointer", "zh"),
    [
        (b'{"label":"fraud"}', "/source", "字段 source 不正确：缺少必填字段"),
        (b'{"label":"fraud","source":3}', "/source", "字段 source 不正确：应为文本，而不是整数"),
        (b'{"label":"fraud","source":"m"}', "/event_id", "字段 event_id 不正确：event_id 与 entity 须给出其中一个"),
        (b'{"label":"fraud","source":"m","entity":"u"}', "/entity", "字段 entity 不正确：应为对象，而不是文本"),
        (
            b'{"label":"fraud","source":"m","entity":{"kind":"user"}}',
            "/entity/id",
            "字段 entity.id 不正确：缺少必填字段",
        ),
        (
            b'{"label":"fraud","source":"m","event_id":"e","at":"2026-11-22T03:00:00"}',
            "/at",
            "字段 at 不正确：应为带时区的 RFC 3339 时间或整数毫秒",
        ),
        (
            b'{"label":"Fraud ","source":"m","event_id":"e"}',
            "/label",
            "字段 label 不正确：您是指 fraud 吗？若是别的标签，请同时给出 is_fraud",
        ),
        (
            b'{"label":"fraud","source":"m","entity":{"kind":"user","id":""}}',
            "/entity/id",
            "字段 entity.id 不正确：不能为空",
        ),
        (b"[]", None, "请求内容不是有效的 JSON：应为一个 JSON 对象"),
        (b"{", None, "请求内容不是有效的 JSON：内容或其中的转义不完整"),
    ],
)
def test_what_is_wrong_is_named(body: bytes, pointer: str | None, zh: str) -> None:
    with pytest.raises(EventRefused) as refused:
        parse_label(body)
    assert (refused.value.pointer, refused.value.sentence("zh")) == (pointer, zh)


@pytest.mark.parametrize("at", [b"1795373456371", b'"2026-11-22T03:00:00Z"', b'"2026-11-22T11:00:00.5+08:00"'])
def test_a_time_is_a_number_or_has_an_offset(at: bytes) -> None:
    assert parse_label(b'{"label":"fraud","source":"m","event_id":"e","at":' + at + b"}").at is not None


@pytest.mark.parametrize(
    ("body", "pointer", "en"),
    [
        (
            b'{"label":"fraud","source":"m","event_id":"e","is_frued":false}',
            "/is_frued",
            "Unknown field \u201cis_frued\u201d; nothing was done. Did you mean is_fraud?",
        ),
        (
            b'{"label":"fraud","source":"m","entity":{"kind":"user","key":"u"}}',
            "/entity/key",
            "Unknown field \u201centity.key\u201d; nothing was done. Known here: kind, id.",
        ),
        (
            b'{"label":"fraud","source":"m","entity":{"kind":"user","id":"u","a/b":1}}',
            "/entity/a~1b",
            "Unknown field \u201centity.a~1b\u201d; nothing was done. Known here: kind, id.",
        ),
    ],
)
def test_a_field_that_no_label_has_is_named(body: bytes, pointer: str, en: str) -> None:
    with pytest.raises(FieldUnknown) as refused:
        parse_label(body)
    assert (refused.value.pointer, refused.value.sentence("en")) == (pointer, en)
    assert "未执行" in refused.value.sentence("zh")


@pytest.mark.parametrize("more", [b'"label":"victim"', b'"label":"frauds","is_fraud":false'])
def test_other_words_may_stand(more: bytes) -> None:
    assert parse_label(b'{"source":"m","event_id":"e",' + more + b"}").source == "m"
