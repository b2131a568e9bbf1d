"""A link's cues, score, level and the brand it borrows from."""

from __future__ import annotations

import pytest

from anxin.checkers.links.brands import Brand, shipped_brands
from anxin.checkers.links.check import check_link, check_links
from anxin.checkers.links.feeds import DAY_MS, FeedUnavailable, Reputation
from anxin.checkers.links.lists import ListEntryRefused, link_lists
from anxin.checkers.result import Checked


def codes(answer: Checked) -> set[str]:
    return {cue.code for cue in answer.cues}


@pytest.mark.parametrize(
    ("link", "code", "brand"),
    [
        ("https://taobbo.com/", "link.brand.edit", "Taobao"),
        ("https://taoba0.com/", "link.brand.digit_swap", "Taobao"),
        ("https://rnicrosoft.com/", "link.brand.skeleton", "Microsoft"),
        ("https://раураӏ.com/", "link.brand.skeleton", "PayPal"),
        ("https://xn--pple-43d.com/", "link.brand.skeleton", "Apple"),
        ("https://paypall.com/", "link.brand.letter_count", "PayPal"),
        ("https://pinduduo.com/", "link.brand.letter_count", "Pinduoduo"),
        ("https://taobao.com.verify.example/", "link.brand.subdomain", "Taobao"),
        ("https://jd.com.verify.example/", "link.brand.subdomain", "JD.com"),
        ("https://alipay-tuikuan.example/", "link.brand.service_word", "Alipay"),
        ("https://jd-kefu.example/", "link.brand.service_word", "JD.com"),
        ("https://淘宝客服.com/", "link.brand.service_word", "Taobao"),
        ("https://mytaobaoxyz.example/", "link.brand.in_name", "Taobao"),
        ("https://xiaohongshu.shop/", "link.brand.suffix", "Xiaohongshu"),
        ("https://taobao.com.cn/", "link.brand.suffix", "Taobao"),
        ("https://a.example/paypal/login", "link.brand.path", "PayPal"),
        ("https://www.jd.com@a.example/", "link.brand.userinfo", "JD.com"),
        ("https://www.gov.cn.a.example/", "link.brand.subdomain", "Chinese government"),
    ],
)
def test_a_borrowed_name_is_told_and_named(link: str, code: str, brand: str) -> None:
    answer = check_link(link)
    assert code in codes(answer)
    assert answer.facts["impersonates"] == brand


@pytest.mark.parametrize(
    ("link", "code"),
    [
        ("http://3221225991/", "link.host.address"),
        ("https://a.example:8443/", "link.port"),
        ("https://a@b.example/", "link.userinfo"),
        ("https://a\u202eb.example/", "link.host.hidden"),
        ("https://a%2eb.example/", "link.host.encoded"),
        ("https://а-shop.example/", "link.host.mixed_script"),
        ("https://a-b-c-d-e.example/", "link.host.long"),
        ("https://a.example/%252561", "link.encodings"),
        ("https://a.top/", "link.suffix.cheap"),
        ("https://bit.ly/x", "link.shortener"),
        ("https://a.pages.dev/", "link.free_hosting"),
        ("https://a.example/x.APK?v=1", "link.download"),
        ("https://a.example/x.mobileconfig", "link.download"),
        ("http://a.example/login", "link.http_login"),
        ("https://a.example/?url=https%3A%2F%2Fb.example%2F", "link.redirect"),
        ("javascript:alert(1)", "link.script"),
        ("data:text/html,<b>", "link.script"),
    ],
)
def test_what_a_link_shows_of_itself(link: str, code: str) -> None:
    assert code in codes(check_link(link))


@pytest.mark.parametrize(
    "link",
    [
        "https://www.taobao.com/a?b=c",
        "https://s.click.taobao.com/",
        "https://www.beijing.gov.cn/",
        "https://www.12306.cn/index/",
        "https://example.com/",
        "https://www.pineapple.example/",
        "https://orange.example/",
        "https://youku.com/",
        "https://news.example/share?to=facebook",
    ],
)
def test_honest_links_are_left_alone(link: str) -> None:
    answer = check_link(link)
    assert (answer.level, answer.score) == ("no_known_risk", 0.0)
    assert "impersonates" not in answer.facts


@pytest.mark.parametrize(
    ("link", "level", "score"),
    [
        ("http://taobao-kefu.top/login", "high_risk", 75.0),
        ("http://0x7f.1/a.apk", "high_risk", 75.0),
        ("https://taoba0.com/", "suspicious", 45.0),
        ("javascript:alert(1)", "suspicious", 60.0),
        ("https://bit.ly/x", "no_known_risk", 15.0),
    ],
)
def test_levels_follow_from_the_weights(link: str, level: str, score: float) -> None:
    answer = check_link(link)
    assert (answer.level, answer.score) == (level, score)


def test_a_redirect_is_as_bad_as_its_target() -> None:
    answer = check_link("https://www.google.com/url?q=http://paypa1.com/login")
    assert answer.level == "high_risk"
    assert answer.facts["redirects_to"] == "hxxp[:]//paypa1[.]com/login"
    assert answer.facts["impersonates"] == "PayPal"


def test_an_organisation_adds_its_own_brand() -> None:
    own = shipped_brands().with_brands([Brand("Anxin Shop", "安心商城", ("anxinshop.example",), words=("anxinshop",))])
    assert check_link("https://anxinsh0p.example/", brands=own).facts["impersonates"] == "Anxin Shop"
    assert "link.official" in codes(check_link("https://anxinshop.example/", brands=own))


def test_white_counts_for_the_exact_registrable_domain_only() -> None:
    lists = link_lists(white=["good.com.cn"])
    assert check_link("http://www.good.com.cn/a.apk", lists=lists).score == 0
    assert check_link("http://good.com.cn.evil.example/a.apk", lists=lists).score == 35
    assert check_link("http://other.com.cn/a.apk", lists=lists).score == 35


@pytest.mark.parametrize("entry", ["com.cn", "gov.cn", "a.good.com.cn", "good.com.cn/path", "192.0.2.1", ""])
def test_white_entries_that_cover_too_much_are_refused(entry: str) -> None:
    with pytest.raises(ListEntryRefused):
        link_lists(white=[entry])


def test_a_white_site_that_forwards_gets_no_credit() -> None:
    lists = link_lists(white=["good.example"])
    answer = check_link("https://good.example/?url=http://paypa1.com/login", lists=lists)
    assert (answer.level, answer.facts["impersonates"]) == ("high_risk", "PayPal")


def test_black_wins_over_white() -> None:
    lists = link_lists(white=["good.example"], black=["bad.good.example", "https://good.example/x"])
    assert check_link("https://bad.good.example/", lists=lists).score == 100
    assert check_link("https://good.example/x", lists=lists).score == 100
    assert check_link("https://good.example/y", lists=lists).score == 0


def test_black_links_are_told_apart_by_what_the_display_masks() -> None:
    lists = link_lists(black=["https://a.example/?m=joe@b.example"])
    assert check_link("https://a.example/?m=joe@b.example", lists=lists).score == 100
    assert check_link("https://a.example/?m=ann@b.example", lists=lists).score == 0


class Feed:
    name = "test"

    def __init__(self, known: Reputation | None) -> None:
        self.known = known

    def look_up(self, host: str, site: str) -> Reputation | None:
        if self.known is None:
            raise FeedUnavailable(self.name)
        return self.known


@pytest.mark.parametrize(
    ("known", "score"),
    [
        (Reputation(weight=50), 50.0),
        (Reputation(weight=1e9), 80.0),
        (Reputation(weight=-100), 0.0),
        (Reputation(registered_at=97 * DAY_MS), 40.0),
        (Reputation(registered_at=80 * DAY_MS), 25.0),
        (Reputation(registered_at=70 * DAY_MS), 0.0),
        (Reputation(registered_at=101 * DAY_MS), 0.0),
    ],
)
def test_feeds_may_accuse_but_not_acquit(known: Reputation, score: float) -> None:
    assert check_link("https://a.example/", feeds=[Feed(known)], at=100 * DAY_MS).score == score


def test_a_feed_that_cannot_answer_is_told() -> None:
    answer = check_link("https://a.example/", feeds=[Feed(None), Feed(Reputation(weight=50))])
    assert (answer.score, answer.facts["feeds_unavailable"]) == (50.0, "test")


def test_all_links_of_a_text_are_checked_in_their_places() -> None:
    text = "看 https://taoba0.com/x 和 http://jd-kefu.top/login"
    found = [(text[one.start : one.end], answer.level) for one, answer in check_links(text)]
    assert found == [("https://taoba0.com/x", "suspicious"), ("http://jd-kefu.top/login", "high_risk")]


def test_links_are_shown_defanged() -> None:
    assert check_link("http://a.example/").facts["defanged"] == "hxxp[:]//a[.]example/"
