"""Check a picture: is it known from scams, may it show nudity."""

from __future__ import annotations

from collections.abc import Sequence

from anxin.checkers.images.look_alike import KnownPicture, find_look_alike, look_alike_cue
from anxin.checkers.images.reading import ImageReading
from anxin.checkers.result import Advice, Checked, Cue, Words, level_of, total_weight

# The model's makers call below 0.2 harmless and above 0.8 unsafe; what lies between needs a person's eyes.
UNSAFE = (
    (0.8, 75.0, Words("画面很可能含有裸露内容", "the picture very likely shows nudity")),
    (0.5, 45.0, Words("画面可能含有裸露内容", "the picture may show nudity")),
    (0.2, 10.0, Words("画面与裸露内容略有相似", "the picture slightly resembles nudity")),
)
ANIMATED = Words("动图，只检查了第一帧", "animated; only the first frame was checked")
_LOOK = Words("请由人工查看后再决定，模型会出错。", "Let a person look before deciding; the model makes mistakes.")
_KNOWN = Words(
    "这张图片与以前诈骗中出现的图片相似，请先暂停操作并核实。",
    "This picture resembles one that was used in scams; please stop and verify first.",
)
_NEVER = Words(
    "不要仅凭图片检查结果指责客户或处罚账号。", "Never accuse a customer or punish an account on this alone."
)


def check_image(data: bytes, *, known: Sequence[KnownPicture] = ()) -> Checked:
    """Return what is known of the picture in a file; raises PictureRefused. Needs the extra `vision`.

    `facts`: `format`, `width`, `height`, `animated`, `pdq`, `pdq_quality`, `unsafe_probability`, `look_alike`.
    """
    from anxin.checkers.images.measure import measure_image
    from anxin.checkers.images.picture import open_picture

    return judge_image(measure_image(open_picture(data)), known=known)


def judge_image(reading: ImageReading, *, known: Sequence[KnownPicture] = ()) -> Checked:
    """Return the answer about what was read from a picture."""
    facts = {
        "format": reading.format,
        "width": str(reading.width),
        "height": str(reading.height),
        "pdq": reading.pdq,
        "pdq_quality": str(reading.pdq_quality),
        "unsafe_probability": f"{reading.unsafe_probability:.2f}",
    }
    cues: list[Cue] = []
    say: list[Words] = []
    found = find_look_alike(reading.pdq, reading.pdq_quality, known)
    if found is not None:
        facts |= {"look_alike": found.known.name, "look_alike_distance": str(found.distance)}
        cues.append(look_alike_cue(found))
        say.append(_KNOWN)
    unsafe = _unsafe_cue(reading.unsafe_probability)
    if unsafe is not None:
        cues.append(unsafe)
        say.append(_LOOK)
    if reading.is_animated:
        facts["animated"] = "yes"
        cues.append(Cue("image.animated", ANIMATED, 0.0))
    score = total_weight(tuple(cues))
    advice = Advice(tuple(say), (), (_NEVER,)) if say else Advice()
    return Checked("image", level_of(score), score, tuple(cues), advice, facts)


def _unsafe_cue(probability: float) -> Cue | None:
    for least, weight, words in UNSAFE:
        if probability >= least:
            return Cue("image.unsafe", words, weight, source="open_nsfw")
    return None
