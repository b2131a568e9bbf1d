from __future__ import annotations

import msgspec
import pytest

from anxin.checkers.images.check import check_image, judge_image
from anxin.checkers.images.look_alike import known_picture
from anxin.checkers.images.reading import ImageReading
from anxin.checkers.images.tests.pictures import animated, encoded
from anxin.checkers.result import Checked, level_of

READING = ImageReading("PNG", 10, 20, is_animated=False, pdq="0" * 64, pdq_quality=100, unsafe_probability=0.0)
BLAMING = ("you are", "guilty", "criminal", "骗子", "违法者")


@pytest.mark.parametrize(
    ("probability", "level", "score"),
    [
        (0.0, "no_known_risk", 0.0),
        (0.19, "no_known_risk", 0.0),
        (0.2, "no_known_risk", 10.0),
        (0.5, "suspicious", 45.0),
        (0.8, "high_risk", 75.0),
        (1.0, "high_risk", 75.0),
    ],
)
def test_the_probability_of_nudity_is_graded(probability: float, level: str, score: float) -> None:
    answer = judge_image(msgspec.structs.replace(READING, unsafe_probability=probability))
    assert (answer.level, answer.score) == (level, score)


def test_a_known_picture_is_named() -> None:
    answer = judge_image(READING, known=[known_picture("0" * 63 + "7", "假海报")])
    assert (answer.level, answer.score, answer.facts["look_alike"]) == ("high_risk", 90.0, "假海报")
    assert answer.facts["look_alike_distance"] == "3"


def test_nobody_is_blamed_and_nothing_called_safe() -> None:
    reading = msgspec.structs.replace(READING, unsafe_probability=0.9, is_animated=True)
    answer = judge_image(reading, known=[known_picture("0" * 64, "a")])
    sentences = [*(cue.text for cue in answer.cues), *answer.advice.say, *answer.advice.never]
    spoken = " ".join(f"{each.zh} {each.en}" for each in sentences).lower()
    assert [word for word in (*BLAMING, "is safe") if word in spoken] == []


def test_a_real_file_gets_a_proper_answer() -> None:
    answer = check_image(encoded("JPEG"))
    assert (answer.kind, answer.level, answer.facts["format"]) == ("image", level_of(answer.score), "JPEG")
    assert (answer.facts["width"], answer.facts["height"], len(answer.facts["pdq"])) == ("96", "64", 64)
    assert msgspec.json.decode(msgspec.json.encode(answer), type=Checked) == answer


def test_an_animation_is_told() -> None:
    answer = check_image(animated("GIF"))
    assert answer.facts["animated"] == "yes"
    assert [cue.code for cue in answer.cues] == ["image.animated"]
