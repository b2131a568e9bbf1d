import pytest

from anxin.checkers.normalise.text import normalise
from anxin.checkers.texts.model import MODEL_CHARACTERS, features, shipped_model


@pytest.mark.parametrize(
    ("head", "text", "speaks"),
    [
        ("smishing_en", "You have been selected to receive a cash prize! Call 09061700000 now to claim", True),
        ("smishing_en", "Running ten minutes late, please order the soup for me", False),
        ("offensive_zh", "黑人真恶心,滚回你们非洲去吧", True),
        ("offensive_zh", "这双鞋很合脚,下次还来买", False),
    ],
)
def test_shipped_heads(head, text, speaks):
    assert shipped_model(head).speaks(normalise(text).text) is speaks


def test_every_shipped_head_tells_its_origin_and_is_small():
    for head in ("smishing_en", "offensive_zh"):
        file = shipped_model(head).file
        assert (file.head, len(file.trained_on), len(file.licences)) == (head, 1, 1)
        assert len(file.weights) < 500_000


def test_features_read_no_further_than_the_limit():
    assert features("ab" * MODEL_CHARACTERS) == features("ab" * MODEL_CHARACTERS * 9)


def test_an_empty_text_has_the_margin_of_the_bias():
    model = shipped_model("offensive_zh")
    assert 0.0 < model.probability("") < 1.0
