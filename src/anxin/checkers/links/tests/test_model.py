"""Training, the weights file, and what a model adds to a check."""

from __future__ import annotations

import msgspec
import pytest

from anxin.checkers.links.check import check_link
from anxin.checkers.links.model import FORMAT, LinkModel, LinkModelRefused, read_link_model
from anxin.checkers.links.skeleton import likeness
from anxin.checkers.links.train import LinkRow, LinkTraining, TrainingRefused, features_of, train_links

MODEL = LinkModel(
    FORMAT, "small", ("own",), "2026-11-22", -1.0, 0.5, 2.0, {"p:verify": 2.0, "s:com": 1.0, "p:help": -5.0}
)


def rows() -> list[LinkRow]:
    bad = [LinkRow(f"https://secure-{number:03}x.top/verify/card{number}", is_bad=True) for number in range(400)]
    return bad + [LinkRow(f"https://{number:03}books.org/read/page{number}", is_bad=False) for number in range(400)]


def test_training_learns_and_sets_thresholds_on_other_sites() -> None:
    trained = train_links(rows(), LinkTraining("own", kept_share=0.3))
    assert (trained.recall_at_1_percent, trained.recall_at_1_per_mille) == (1.0, 1.0)
    assert trained.model.read(features_of("https://secure-999x.top/verify/card1")).weight > 0
    assert trained.model.read(features_of("https://999books.org/read/page1")).weight == 0


def test_training_is_repeatable_and_survives_the_file() -> None:
    one, other = (train_links(rows(), LinkTraining("own")).model for _ in range(2))
    assert one.document() == other.document()
    assert read_link_model(one.document()) == one


@pytest.mark.parametrize("given", [[], rows()[:300], rows()[500:], rows()[:5]])
def test_training_refuses_too_little(given: list[LinkRow]) -> None:
    with pytest.raises(TrainingRefused):
        train_links(given, LinkTraining("own"))


@pytest.mark.parametrize(
    "document",
    [b"", b"{}", b"[]", msgspec.json.encode(msgspec.structs.replace(MODEL, format="other/1")),
     msgspec.json.encode(msgspec.structs.replace(MODEL, high_risk_from=0.0))],
)  # fmt: skip
def test_files_that_are_no_model_are_refused(document: bytes) -> None:
    with pytest.raises(LinkModelRefused):
        read_link_model(document)


@pytest.mark.parametrize(
    ("link", "weight"),
    [
        ("https://a.example/", 0.0),
        ("https://a.example/verify", 40.0),
        ("https://a.com/verify", 40.0),
        ("https://a.com/help", 0.0),
    ],
)
def test_a_model_adds_its_weight(link: str, weight: float) -> None:
    answer = check_link(link, model=MODEL)
    assert answer.score == weight
    assert answer.facts["model"] == "small"


def test_a_model_does_not_outweigh_an_official_domain() -> None:
    assert check_link("https://www.taobao.com/verify", model=MODEL).score == 0


def test_a_model_tells_what_weighed() -> None:
    assert MODEL.heaviest(features_of("https://a.com/verify")) == [("p:verify", 2.0), ("s:com", 1.0)]


@pytest.mark.parametrize(
    ("nearer", "farther"),
    [
        (("taobao.com", "taobao.com"), ("taobao.com", "taobbo.com")),
        (("taobao.com", "taoba0.com"), ("taobao.com", "taobbo.com")),
        (("taobao.com", "taoabo.com"), ("taobao.com", "xaobbo.com")),
        (("pinduoduo.com", "pinduodua.com"), ("jd.com", "jc.com")),
        (("taobao.com", "taobbo.com"), ("taobao.com", "taobaoxx.com")),
    ],
)
def test_likeness_orders_pairs(nearer: tuple[str, str], farther: tuple[str, str]) -> None:
    assert 0 <= likeness(*farther) < likeness(*nearer) <= 1
