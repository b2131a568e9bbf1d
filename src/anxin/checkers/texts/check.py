"""Check a message, post or what a customer was told against every signature pack."""

from __future__ import annotations

from functools import cache

import msgspec

from anxin.checkers.normalise.normalised import Normalised
from anxin.checkers.normalise.text import normalise
from anxin.checkers.result import Advice, Checked, Cue, Words, level_of
from anxin.checkers.texts.contact import check_contact_in
from anxin.checkers.texts.matching import READ_CHARACTERS, Matcher
from anxin.checkers.texts.model import TALK_HEAD, Head, LinearModel, features, shipped_model
from anxin.checkers.texts.packs import CueSpec, shipped_library
from anxin.checkers.texts.scoring import SUSPECTED, Scale, Weighed, grade_of
from anxin.checkers.texts.talks import LONG, Talk, talk_of

SHOWN_TYPES, SHOWN_CUES = 3, 24
GRADES = {
    "none": Words("未发现已知风险，仍请核实", "no known risk, still verify"),
    "suspected": Words("疑似诈骗", "suspected"),
    "highly_likely": Words("高度疑似诈骗", "highly likely"),
    "confirmed": Words("已符合已知诈骗手法", "confirmed pattern"),
}
RED_LINES = (
    Words(
        "绝不索要密码、验证码、完整卡号，绝不要求共享屏幕或转账验证",
        "Never ask for a password, a code, a full card number, screen sharing or a test transfer",
    ),
    Words(
        "不承诺一定能追回或赔付；退款只能原路退回",
        "Promise no recovery or compensation; refunds go back the way they came",
    ),
)

TALK_ADVICE = Advice(
    (
        Words(
            "聊天里的说法与诈骗相近，先不要付款，也不要借钱给对方",
            "The talk reads like fraud: pay and lend nothing for now",
        ),
    ),
    (
        Words("你们见过面或视频过吗？", "Have you ever met or had a video call?"),
        Words(
            "有没有充值、垫付或转账？金额和时间？",
            "Has anything been paid in, advanced or transferred? How much and when?",
        ),
    ),
    RED_LINES,
)


# A shipped model alone makes suspicion, never more: it cannot say why. Shorter texts it cannot judge.
MODEL_WEIGHT, SHORTEST = 42.0, 8
HEADS: dict[str, Words] = {
    "scam_zh": Words("用语与诈骗话术相近", "Worded like scams"),
    "talk_zh": Words("对话与诈骗聊天相近", "Worded like the talks of fraud"),
    "offensive_zh": Words("用语与冒犯性内容相近", "Worded like offensive posts"),
    "local": Words("用语与本地标注的坏文本相近", "Worded like the bad texts labelled locally"),
    "smishing_en": Words("用语与英文垃圾及诈骗短信相近", "Worded like spam and scam messages"),
}
CHINESE_HEADS: tuple[Head, ...] = ("scam_zh", "offensive_zh", "group_ads_zh")
ENGLISH_HEADS: tuple[Head, ...] = ("smishing_en",)
# Honest notices read like advertisements of groups, so that head warns of nothing: it sorts a group's own messages.
WARNING_HEADS = frozenset({"offensive_zh", "smishing_en"})
# The scam head learnt little of honest trade: by itself it sorts no queue.
QUEUE_HEADS = frozenset({"offensive_zh", "group_ads_zh", "smishing_en"})
# Packs whose suspicion the scam model may complete: from how much of it, and from which margin of the model.
COMPLETED = frozenset({"illegal_service", "gambling", "sexual", "drugs"})
HALF_SUSPECTED, NEARLY_SUSPECTED, SURE_MARGIN = 22.0, 30.0, 1.4
# What a pack must see before a likely talk completes it.
PARTLY_SEEN = 16.0


class Instruments(msgspec.Struct, frozen=True):
    """The compiled library: made once."""

    cues: dict[str, CueSpec]
    matcher: Matcher
    scale: Scale


@cache
def instruments() -> Instruments:
    """Return the shipped packs, compiled at the first call."""
    library = shipped_library()
    return Instruments(library.cues, Matcher(library.cues), Scale(library))


class Opinion(msgspec.Struct, frozen=True):
    """What one model makes of a text: its name, its margin, the weight of its cue, whether bad is the likelier."""

    name: str
    margin: float
    weight: float
    leans: bool


def check_text(text: str, *, model: LinearModel | None = None) -> Checked:
    """Return level, score, cues and advice for one text; `model` is one trained locally.

    `facts`: `grade` (none, suspected, highly_likely, confirmed), `types` (ids with scores, likeliest first),
    `signals` (money_moving, screen_shared, urgent, …), `priority` (self_harm before all), `contact` (score),
    `leans` (models that find bad likelier, for a queue of people: too unsure for a warning),
    `characters` read when the text is longer.
    """
    read = text[:READ_CHARACTERS]
    folded = normalise(read)
    opinions = opinions_of(folded.text, read, model)
    talk = talk_of(folded.text)
    weighed = completed(instruments().scale.weigh(instruments().matcher.find(folded.text)), opinions, talk)
    spoken = {each.name: each.weight for each in opinions if each.weight > 0}
    if talk and talk.is_suspicious:
        spoken[TALK_HEAD] = MODEL_WEIGHT
    risks = sorted((each for each in weighed if each.pack.use != "signal"), key=is_life_at_stake, reverse=True)
    signals = [each for each in weighed if each.pack.use == "signal" and each.score >= SUSPECTED]
    contact = check_contact_in(read, folded)
    top = risks[0] if risks else None
    # Openly named contacts stand in honest talk and marketing; only a disguised one is suspicious by itself.
    alone = contact.score if any(cue.code == "contact.evasion" for cue in contact.cues) else 0.0
    score = max([alone, *(each.score for each in risks), *spoken.values()])
    facts = facts_of(risks, signals, contact.score, spoken)
    leans = " ".join(each.name for each in opinions if each.leans)
    if leans:
        facts["leans"] = leans
    if len(text) > READ_CHARACTERS:
        facts["characters"] = str(READ_CHARACTERS)
    shown = [each for each in risks[:SHOWN_TYPES] if each is top or each.score >= SUSPECTED] + signals
    cues = cues_of(shown, folded) + tuple(
        Cue(f"text.model.{head}", HEADS[head], weight, source=f"model_{head}") for head, weight in spoken.items()
    )
    cues += contact.cues if contact.score >= SUSPECTED else ()
    is_talk_alone = TALK_HEAD in spoken and (top is None or top.score < SUSPECTED)
    advice = TALK_ADVICE if is_talk_alone else advice_of(shown, score)
    return Checked("text", level_of(score), score, cues[:SHOWN_CUES], advice, facts)


def opinions_of(text: str, written: str, local: LinearModel | None) -> list[Opinion]:
    """Return what the shipped heads of the text's language and a local model make of a normalised text."""
    if len(text) < SHORTEST:
        return []
    found = features(text, written)
    opinions = []
    for head in CHINESE_HEADS if any("一" <= each <= "鿿" for each in text) else ENGLISH_HEADS:
        shipped = shipped_model(head)
        margin = shipped.margin_of(found)
        weight = MODEL_WEIGHT if head in WARNING_HEADS and margin >= shipped.file.suspicious_from else 0.0
        leans = head in QUEUE_HEADS and margin >= shipped.file.threshold
        opinions.append(Opinion(head, margin, weight, leans))
    if local is not None:
        margin = local.margin_of(found)
        opinions.append(Opinion("local", margin, local.weight_of(margin), margin >= local.file.threshold))
    return opinions


def completed(weighed: list[Weighed], opinions: list[Opinion], talk: Talk | None) -> list[Weighed]:
    """Return the packs, the likeliest half-suspected scam raised to suspected where more speaks for it.

    That is a sure scam model, a talk worded like those of fraud, or, where a pack is nearly sure, that the text is a
    long talk at all, where a story comes in pieces. None is enough alone here: it cannot say why, and half a story
    stands in honest texts.
    """
    scams = [each for each in weighed if each.pack.use == "scam" or each.pack.id in COMPLETED]
    score = scams[0].score if scams else 0.0
    is_sure = any(each.name == "scam_zh" and each.margin >= SURE_MARGIN for each in opinions)
    is_completed = (
        (score >= PARTLY_SEEN and talk is not None and talk.is_likely)
        or (score >= HALF_SUSPECTED and is_sure)
        or (score >= NEARLY_SUSPECTED and talk is not None and talk.size is LONG)
    )
    if score >= SUSPECTED or not is_completed:
        return weighed
    raised = msgspec.structs.replace(scams[0], score=SUSPECTED)
    return sorted([raised, *(each for each in weighed if each is not scams[0])], key=lambda each: -each.score)


def is_life_at_stake(weighed: Weighed) -> bool:
    """Return whether this comes before every other finding."""
    return weighed.pack.id == "self_harm" and weighed.score >= SUSPECTED


def facts_of(risks: list[Weighed], signals: list[Weighed], contact: float, spoken: dict[str, float]) -> dict[str, str]:
    """Return what the desk shows beside the level."""
    likely = [each for each in risks if each.score >= SUSPECTED]
    top = risks[0] if risks else None
    grade = grade_of(top.score, len(top.cues)) if top else "none"
    facts: dict[str, str] = {"grade": "suspected" if grade == "none" and TALK_HEAD in spoken else grade}
    named = [f"{each.pack.id}:{each.score:.0f}" for each in likely] + [f"{head}:{spoken[head]:.0f}" for head in spoken]
    if named:
        facts["types"] = " ".join(named)
    if signals:
        facts["signals"] = " ".join(each.pack.id for each in signals)
    if any(is_life_at_stake(each) for each in likely):
        facts["priority"] = "self_harm"
    if contact:
        facts["contact"] = f"{contact:.0f}"
    return facts


def cues_of(shown: list[Weighed], folded: Normalised) -> tuple[Cue, ...]:
    """Return the cues of the shown packs at their places in the original text, each once."""
    specs = instruments().cues
    cues: dict[str, Cue] = {}
    for each in shown:
        for hit, weight in each.cues:
            spec = specs[hit.code]
            start, end = folded.offsets[hit.start], folded.offsets[hit.end - 1] + 1
            cue = Cue(f"text.{hit.code}", Words(spec.zh, spec.en), weight, start, end, each.pack.id)
            cues.setdefault(hit.code, cue)
    return tuple(cues.values())


def advice_of(shown: list[Weighed], score: float) -> Advice:
    """Return the words of the likeliest pack; signals add their questions; red lines close every warning."""
    if not shown or (score < SUSPECTED and not any(each.pack.use == "signal" for each in shown)):
        return Advice()
    say = tuple(words for each in shown[:1] for words in each.pack.say)
    ask = tuple(dict.fromkeys(words for each in shown for words in each.pack.ask))
    never = tuple(dict.fromkeys([*(words for words in shown[0].pack.never), *RED_LINES]))
    return Advice(say, ask[:6], never)
