"""Links in texts, with their places."""

from __future__ import annotations

import pytest

from anxin.checkers.links.find import find_links


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("点击https://a.example/xx领取", ["https://a.example/xx"]),
        ("访问http://a.example领取红包", ["http://a.example"]),
        ("请登录taobao。com看", ["taobao。com"]),
        ("hxxps[:]//evil[.]example/x，", ["hxxps[:]//evil[.]example/x"]),
        ("h**p://bad.top.", ["h**p://bad.top"]),
        ("(http://a.example/x_(y))", ["http://a.example/x_(y)"]),
        ("ｗｗｗ．ｂａｉｄｕ．ｃｏｍ/x", ["ｗｗｗ．ｂａｉｄｕ．ｃｏｍ/x"]),
        ("www.ta\u200bobao.com", ["www.ta\u200bobao.com"]),
        ("http://淘宝客服.com/领取", ["http://淘宝客服.com/"]),
        ("http://3221225991/x", ["http://3221225991/x"]),
        ("用192.0.2.1:8080/x登录", ["192.0.2.1:8080/x"]),
        ("a.com,b.com;c.com", ["a.com", "b.com", "c.com"]),
        ("joe@example.com 写信", []),
        ("看README.md和a.py 3.14 v1.2.3", []),
        ("用iPhone。OK", []),
        ("没有链接。", []),
    ],
)
def test_links_are_found_where_they_stand(text: str, found: list[str]) -> None:
    assert [text[one.start : one.end] for one in find_links(text)] == found


def test_thousands_of_links_are_all_found() -> None:
    assert len(find_links("http://a.example/1 " * 5000)) == 5000
    assert len(find_links("http://a.example/1 " * 5000, limit=7)) == 7


@pytest.mark.parametrize("piece", ["a", ".", "a.", "http://", "http://[", "http://a@", "a[.]", "http://中", "a-", "/"])
def test_a_megabyte_made_to_be_slow_is_read_through(piece: str) -> None:
    assert find_links(piece * (1_000_000 // len(piece))) == []
