from __future__ import annotations

from collections.abc import Sequence
from datetime import date

import pytest

from anxin.checkers.signatures.book import SignatureBook
from anxin.checkers.signatures.corrections import Tallies
from anxin.checkers.signatures.errors import FeedRefused
from anxin.checkers.signatures.feeds import LONGEST_FEED, FeedTerms, propose, review_order
from anxin.checkers.signatures.signature import PhoneSignature, PublishSignatures, size_of
from anxin.checkers.signatures.tests.samples import KEY, link, phone, text, whole

DAY = date(2026, 9, 21)
TERMS = FeedTerms("open-feed", "intelligence", "a feed", DAY, "2026.09.21")


def hosts(count: int, first: int = 0) -> str:
    return "\n".join(f"bad{number}.example" for number in range(first, first + count))


def after(*texts: str, book: SignatureBook | None = None) -> SignatureBook:
    found = book or SignatureBook()
    for given in texts:
        found = found.published(propose(given, TERMS, found, phone_key=KEY).order)
    return found


def sizes(order: PublishSignatures) -> Sequence[tuple[str, int]]:
    return [(each.id, size_of(each)) for each in order.put]


@pytest.mark.parametrize(
    ("text", "made"),
    [
        ("# hosts\nBad.Example\n\nhttp://evil.example/x?y=1 # a page\n", [("open-feed-link-medium", 2)]),
        ("0.0.0.0 bad.example\n127.0.0.1 evil.example\n", [("open-feed-link-medium", 2)]),
        (
            "kind,value,confidence\nlink,bad.example,high\nphone,13912345678,\nlink,evil.example,\n",
            [("open-feed-link-high", 1), ("open-feed-link-medium", 1), ("open-feed-phone", 1)],
        ),
        ("\ufeffbad.example\r\nevil.example\r\n", [("open-feed-link-medium", 2)]),
    ],
)
def test_a_feed_is_read_in_the_forms_people_keep(text: str, made: object) -> None:
    proposal = propose(text, TERMS, SignatureBook(), phone_key=KEY)
    assert sizes(proposal.order) == made
    SignatureBook().published(proposal.order)


def test_a_proposal_says_what_comes_goes_and_stays() -> None:
    proposal = propose(hosts(30, first=10), TERMS, after(hosts(30)), phone_key=KEY)
    assert (proposal.added, proposal.dropped, proposal.kept) == (10, 10, 20)


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("", 0),
        ("# nothing\n\n", 0),
        ("bad.example\nnot_a_host\n", 2),
        ("bad.example\ncom.cn\n", 2),
        ("kind,value\nlink,bad.example\nfax,123\n", 3),
        ("kind,value\nphone,hello\n", 2),
        ("value,confidence\nbad.example,sure\n", 2),
        ("a" * 1_000_000, 1),
        ("bad.example\n\u202emoc.live\n", 2),
        ("x" * (LONGEST_FEED + 1), 0),
    ],
    ids=lambda given: str(given)[:24],
)
def test_what_is_no_feed_is_refused_with_its_line(text: str, line: int) -> None:
    book = after(hosts(3))
    with pytest.raises(FeedRefused) as refused:
        propose(text, TERMS, book, phone_key=KEY)
    assert refused.value.line == line
    assert sizes_in(book) == 3


def sizes_in(book: SignatureBook) -> int:
    return sum(size_of(each) for each in book)


@pytest.mark.parametrize(
    "lie", ["www.taobao.com", "pay.icbc.com.cn", "https://alipay.com", "fine.example", "0.0.0.0 weixin.qq.com"]
)
def test_a_feed_that_accuses_what_is_good_is_refused_whole(lie: str) -> None:
    white = SignatureBook().published(whole(link("W", "fine.example", side="white")))
    book = after(hosts(3), book=white)
    with pytest.raises(FeedRefused) as refused:
        propose(f"{hosts(5)}\n{lie}\n", TERMS, book, phone_key=KEY)
    assert refused.value.line == 6
    assert "stays in force" in refused.value.sentence("en")
    assert sizes_in(book) == 4


def test_a_feed_that_accuses_an_official_line_is_refused() -> None:
    with pytest.raises(FeedRefused):
        propose("kind,value\nphone,95188\n", TERMS, SignatureBook(), phone_key=KEY)


def test_a_bad_page_on_an_open_platform_is_no_lie() -> None:
    assert propose("https://www.taobao.com/redirect?to=evil", TERMS, SignatureBook(), phone_key=KEY).added == 1


@pytest.mark.parametrize(("left", "is_kept"), [(10, False), (9, False), (11, True), (1, False)])
def test_a_feed_that_shrinks_by_nine_tenths_is_refused(left: int, is_kept: bool) -> None:
    book = after(hosts(100))
    if is_kept:
        assert propose(hosts(left), TERMS, book, phone_key=KEY).dropped == 100 - left
    else:
        with pytest.raises(FeedRefused, match="shrank from 100"):
            propose(hosts(left), TERMS, book, phone_key=KEY)


def test_a_small_feed_may_shrink() -> None:
    assert propose(hosts(1), TERMS, after(hosts(20)), phone_key=KEY).dropped == 19


def test_hits_and_corrections_are_counted_a_signature() -> None:
    tallies = Tallies()
    for hits in ((), ("A",), ("A", "B"), ()):
        tallies.count(hits, 5)
    tallies.of("A").correct("false_positive")
    tallies.of("A").correct("confirmed")
    tallies.of("").correct("missed")
    assert (tallies.hit_rate("A"), tallies.hit_rate("B"), tallies.hit_rate("C")) == (0.5, 0.25, 0.0)
    found = tallies.of("A")
    assert (found.hits, found.false_positives, found.confirmed, found.last_hit_at) == (2, 1, 1, 5)
    assert tallies.of("").missed == 1


def test_an_order_is_reviewed_like_a_feed() -> None:
    book = SignatureBook().published(whole(text()))
    proposal = review_order(whole(link(), phone(), name="more"), book, phone_key=KEY)
    assert proposal.change == (2, 0, 0)
    assert [each.values for each in proposal.order.put if isinstance(each, PhoneSignature)] == [()]
    with pytest.raises(FeedRefused, match="known to be good"):
        review_order(whole(link("L", "www.taobao.com"), name="more"), book, phone_key=KEY)
    with pytest.raises(FeedRefused, match="known to be good"):
        review_order(whole(phone("P", "95188"), name="more"), book, phone_key=KEY)


def test_people_may_shrink_their_own_set_when_they_say_so() -> None:
    book = after(hosts(100))
    small = PublishSignatures("open-feed", "2", put=(link(),))
    with pytest.raises(FeedRefused, match="shrank"):
        review_order(small, book, phone_key=KEY)
    assert review_order(small, book, phone_key=KEY, may_shrink=True).change == (1, 100, 0)
    delta = PublishSignatures("open-feed", "2", "delta", None, (link(),), ("open-feed-link-medium",))
    with pytest.raises(FeedRefused, match="shrank"):
        review_order(delta, book, phone_key=KEY)
