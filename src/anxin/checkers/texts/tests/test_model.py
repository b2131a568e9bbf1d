import pytest

from anxin.checkers.normalise.text import normalise
from anxin.checkers.texts.model import HEADS, shipped_model


@pytest.mark.parametrize(
    ("head", "text", "leans"),
    [
        ("smishing_en", "You have been selected to receive a cash prize! Call 09061700000 now to claim", True),
        ("smishing_en", "Running ten minutes late, please order the soup for me", False),
        ("offensive_zh", "黑人真恶心,滚回你们非洲去吧", True),
        ("offensive_zh", "这双鞋很合脚,下次还来买", False),
        ("group_ads_zh", "低价出号,微信区实名可改,要的私聊我带价来", True),
        ("group_ads_zh", "今天更新之后怎么这么卡", False),
    ],
)
def test_shipped_heads(head, text, leans):
    model = shipped_model(head)
    assert (model.margin(normalise(text).text, text) >= model.file.threshold) is leans


def test_every_shipped_head_tells_its_origin_and_is_small():
    for head in HEADS:
        file = shipped_model(head).file
        assert file.name == head
        assert len(file.licences) == len(file.trained_on) > 0
        assert len(file.weights) < 500_000
        assert file.threshold <= file.suspicious_from <= file.high_risk_from


def test_an_empty_text_has_the_margin_of_the_bias():
    assert 0.0 < shipped_model("offensive_zh").probability("") < 1.0
