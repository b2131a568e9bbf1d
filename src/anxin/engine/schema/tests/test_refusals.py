"""What is wrong with a body is said in both languages, with its place."""

from __future__ import annotations

import msgspec
import pytest

from anxin.engine.schema.refusals import malformed_of


@pytest.mark.parametrize(
    ("body", "zh", "en"),
    [
        (b'{"a":1,', "内容或其中的转义不完整", "it, or an escape in it, is incomplete"),
        (b"{a:1}", "字段名须写在双引号里（第 2 个字节附近）", "names of fields stand in double quotes (near byte 2)"),
        (
            b'{"a" 1}',
            "字段名后缺少冒号（第 6 个字节附近）",
            "a colon is missing after the name of a field (near byte 6)",
        ),
        (b'{"a":1 "b":2}', "两项之间缺少逗号（第 8 个字节附近）", "a comma is missing between two parts (near byte 8)"),
        (b'{"a":1,}', "最后一项后面多了逗号（第 8 个字节附近）", "a comma follows the last part (near byte 8)"),
        (b'{"a":1}{}', "结尾之后还有内容（第 9 个字节附近）", "something follows its end (near byte 9)"),
        (b'{"a":01}', "数字写法不正确（第 7 个字节附近）", "a number is not written as JSON wants it (near byte 7)"),
        (
            b'{"a":"\\q"}',
            "转义写法不正确（第 9 个字节附近）",
            "an escape is not written as JSON wants it (near byte 9)",
        ),
        (
            b'{"a":NaN}',
            "这里的字符不合 JSON 语法（第 6 个字节附近）",
            "JSON allows no such character here (near byte 6)",
        ),
        (b'"\xff"', "不是 UTF-8 文本", "it is not UTF-8 text"),
    ],
)
def test_a_syntax_error_is_said_with_its_place(body: bytes, zh: str, en: str) -> None:
    with pytest.raises((msgspec.DecodeError, UnicodeDecodeError)) as fault:
        msgspec.json.decode(body)
    refused = malformed_of(fault.value)
    assert refused.sentence("zh") == f"请求内容不是有效的 JSON：{zh}"
    assert refused.sentence("en") == f"The body is not valid JSON: {en}"
