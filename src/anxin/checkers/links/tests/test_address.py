"""Links are taken apart as browsers do it, and written in one way."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from anxin.checkers.links.address import parse_address


@pytest.mark.parametrize(
    ("given", "canonical"),
    [
        ("HTTPS://WWW.Example.COM", "https://www.example.com/"),
        ("example.com", "http://example.com/"),
        ("https://example.com:443/a", "https://example.com/a"),
        ("http://example.com:8080/a", "http://example.com:8080/a"),
        ("http://example.com./a", "http://example.com/a"),
        ("http://example.com/a/./b/../c", "http://example.com/a/c"),
        ("http://example.com/%7euser/%e6%b7%98", "http://example.com/~user/%E6%B7%98"),
        ("http://example.com/淘", "http://example.com/%E6%B7%98"),
        ("http://example.com/?q=a b#x", "http://example.com/?q=a%20b#x"),
        ("http://%65xample.com/", "http://example.com/"),
        ("http:\\\\example.com\\a", "http://example.com/a"),
        ("http:////example.com/a", "http://example.com/a"),
        ("https://shop.example@evil.example/", "https://evil.example/"),
        ("hxxps[:]//evil[.]example/x", "https://evil.example/x"),
        ("h**p://evil(dot)example", "http://evil.example/"),
        ("ｈｔｔｐ：／／ｅｘａｍｐｌｅ．ｃｏｍ／ａ", "http://example.com/a"),
        ("http://example。com/", "http://example.com/"),
        ("http://bücher.example/", "http://xn--bcher-kva.example/"),
        ("javascript:alert(1)", "javascript:alert(1)"),
    ],
)
def test_one_way_of_writing(given: str, canonical: str) -> None:
    address = parse_address(given)
    assert address is not None
    assert address.canonical == canonical


@pytest.mark.parametrize(
    ("host", "ip", "form"),
    [
        ("192.0.2.7", "192.0.2.7", "dotted"),
        ("3221225991", "192.0.2.7", "decimal"),
        ("0xC0000207", "192.0.2.7", "hex"),
        ("0300.0000.0002.0007", "192.0.2.7", "octal"),
        ("192.0.519", "192.0.2.7", "short"),
        ("192.0x0.02.7", "192.0.2.7", "hex"),
        ("[2001:DB8::0:1]", "2001:db8::1", "ipv6"),
    ],
)
def test_addresses_in_any_notation(host: str, ip: str, form: str) -> None:
    address = parse_address(f"http://{host}/")
    assert address is not None
    assert (address.ip, address.ip_form) == (ip, form)


@pytest.mark.parametrize(
    "given",
    ["", "   ", "hello", "localhost", "http://", "http://256.1.1.1/", "http://[::zz]/", "1234", "http://é]x.example/"],
)
def test_what_is_no_link(given: str) -> None:
    assert parse_address(given) is None


def test_punycode_is_shown_in_its_letters() -> None:
    address = parse_address("http://xn--bcher-kva.example/")
    assert address is not None
    assert (address.shown_host, address.oddities) == ("bücher.example", ("punycode",))


def test_a_label_that_idna_forbids_is_kept_and_noted() -> None:
    address = parse_address("http://\ud800.example/")
    assert address is not None
    assert "bad_idna" in address.oddities


@pytest.mark.parametrize(
    ("given", "oddity"),
    [
        ("http://a\u202eb.example/", "bidi"),
        ("http://a\u200bb.example/", "hidden_characters"),
        ("http://a%2eexample/", "encoded_host"),
    ],
)
def test_hidden_things_are_named(given: str, oddity: str) -> None:
    address = parse_address(given)
    assert address is not None
    assert oddity in address.oddities


def test_encodings_are_undone_and_counted() -> None:
    address = parse_address("http://a.example/%25252e%25252e")
    assert address is not None
    assert (address.decoded, address.encodings) == ("/..", 3)


def test_defanged_links_are_dead_and_hold_no_personal_data() -> None:
    address = parse_address("https://a.b.example/?mail=joe@x.example&phone=13800138000")
    assert address is not None
    assert address.defanged == "hxxps[:]//a[.]b[.]example/?mail=***&phone=***"


@settings(max_examples=150, deadline=None)
@given(st.text(max_size=60))
def test_the_canonical_form_is_its_own_canonical_form(text: str) -> None:
    address = parse_address("https://shop.example/" + text)
    assert address is not None
    again = parse_address(address.canonical)
    assert again is not None
    assert again.canonical == address.canonical
