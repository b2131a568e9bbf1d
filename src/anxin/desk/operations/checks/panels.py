"""What the result card shows of an answer."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from anxin.checkers import result
from anxin.checkers.ads.check import shipped_terms
from anxin.checkers.links.brands import shipped_brands
from anxin.checkers.personal_data.check import NAMES
from anxin.checkers.result import Checked, Cue
from anxin.checkers.screenshots.check import Screenshot
from anxin.checkers.texts.packs import shipped_library
from anxin.desk.foundation.ui.vocabulary import Mark
from anxin.desk.foundation.ui.words import Words, say
from anxin.desk.operations.checks.actions import Answer
from anxin.desk.operations.checks.checking import Finding, Hidden
from anxin.desk.operations.checks.kinds import KINDS
from anxin.desk.operations.checks.segments import ReadText, read_text

VERDICTS: Mapping[str, Mark] = {
    "high_risk": Mark(Words("高风险", "high-risk"), "octagon-alert", "danger"),
    "suspicious": Mark(Words("可疑", "suspicious"), "triangle-alert", "warning"),
    "no_known_risk": Mark(Words("未发现已知风险", "no known risk"), "circle-dashed", "info"),
}
SHOWN = Mark(Words("含个人信息", "personal data shown"), "eye-off", "warning")
STILL_VERIFY = Words(
    "未发现已知风险，仍请在官方 App 核实。", "No known risk was found; still verify in the official app."
)
MOST_LINKS, MOST_DOMAINS = 50, 3
_TELL = {
    "reply": Words("建议改为", "Say this instead"),
    "advertisement": Words("建议", "What to do"),
    "personal_data": Words("发送前", "Before sending"),
}
_GRADES = {
    "suspected": Words("疑似", "suspected"),
    "highly_likely": Words("高度疑似", "highly likely"),
    "confirmed": Words("已符合已知手法", "confirmed pattern"),
}
_FACTS = {
    "number_kind": Words("号码类型", "Kind of number"),
    "region": Words("国家或地区", "Region"),
    "place": Words("归属", "Place"),
    "official": Words("官方号码或域名", "Official line or domain"),
    "registrable_domain": Words("注册域名", "Registered domain"),
    "redirects_to": Words("跳转到", "Leads on to"),
    "campaign_count": Words("同类出现次数", "Times seen"),
    "exemptions": Words("附近的豁免语境（由合规确认）", "Exemption contexts nearby (compliance confirms)"),
}
_PRESSING = ("octagon-alert", "danger")
_MOOD = ("message-square-warning", "warning")
_SIGNALS = dict.fromkeys(("self_harm", "money_moving", "screen_shared"), _PRESSING)
_NUMBERS = {
    "mobile": Words("手机", "mobile"),
    "virtual_mobile": Words("虚拟运营商手机", "mobile of a virtual operator"),
    "satellite": Words("卫星电话", "satellite phone"),
    "machine": Words("物联网号码", "number of a machine"),
    "fixed": Words("固定电话", "fixed line"),
    "short_code": Words("特服短号", "short service number"),
    "service_95": Words("全国客服短号（95）", "national service number (95)"),
    "service_96": Words("地方客服短号（96）", "local service number (96)"),
    "company_400": Words("企业号码（400，只能呼入）", "company number (400, takes calls only)"),
    "free_800": Words("被叫付费（800）", "free call (800)"),
    "operator": Words("运营商号码", "number of an operator"),
    "sms_port": Words("短信端口（106）", "message port (106)"),
    "overseas": Words("境外号码", "number from abroad"),
    "malformed": Words("不是有效号码", "no valid number"),
}


@dataclass(frozen=True)
class ReasonLine:
    """One reason: its number in the marked text (0: about the whole), the sentence, what knows it."""

    number: int
    sentence: str
    source: str
    tone: str


@dataclass(frozen=True)
class LinkLine:
    """One link of a text, dead."""

    defanged: str
    mark: Mark
    imitates: str


@dataclass(frozen=True)
class Card:
    """One finding as a card. `copy_advice` is what the copy button takes."""

    kind: Words
    mark: Mark
    signals: Sequence[Mark]
    score: int
    still_verify: str
    reasons: Sequence[ReasonLine]
    text: ReadText | None
    defanged: str
    imitates: str
    domains: str
    facts: Sequence[tuple[str, str]]
    links: Sequence[LinkLine]
    numbers: Sequence[tuple[str, Mark, str]]
    tell: Sequence[str]
    ask: Sequence[str]
    never: Sequence[str]
    copy_advice: str
    is_cut: bool
    tell_title: str


def answer_cards(answer: Answer) -> list[Card]:
    """Return a card for each finding."""
    return [_card(each) for each in answer.findings]


@dataclass(frozen=True)
class HiddenForms:
    """A text without its personal data, for people: counts by name, and each form with its title."""

    counts: Mapping[str, str]
    named: Sequence[tuple[Words, str]]
    forms: Sequence[tuple[str, str]]


def hidden_forms(hidden: Hidden) -> HiddenForms:
    """Return the three forms with their titles."""
    named = [(Words(NAMES[kind].zh, NAMES[kind].en), count) for kind, count in hidden.counts.items()]
    titles = (Words("遮盖", "Masked"), Words("替换为代号", "As tokens"), Words("移除", "Removed"))
    texts = (hidden.masked, hidden.tokens, hidden.removed)
    return HiddenForms(hidden.counts, named, [(say(each), text) for each, text in zip(titles, texts, strict=True)])


def picture_card(found: Screenshot) -> Card:
    """Return the card of a picture: the text that was read, personal data starred."""
    return _card(Finding("image", found.text, found.checked))


def spoken(words: result.Words) -> str:
    """Return a checker's sentence in the language of the request."""
    return say((words.zh, words.en))


def _card(finding: Finding) -> Card:
    checked = finding.checked
    placed = finding.kind in ("text", "image", "reply", "personal_data", "advertisement")
    advice = checked.advice
    is_quiet = checked.level == "no_known_risk" and finding.kind != "personal_data"
    tell = [*map(spoken, advice.say)]
    return Card(
        kind=KINDS[finding.kind],
        mark=SHOWN if finding.kind == "personal_data" and checked.cues else VERDICTS[checked.level],
        signals=signal_marks(checked.facts),
        score=round(checked.score),
        still_verify=say(STILL_VERIFY) if is_quiet and finding.kind not in ("reply", "advertisement") else "",
        reasons=_reasons(checked.cues, placed),
        text=read_text(finding.text, checked.cues) if placed else None,
        defanged=checked.facts.get("defanged", ""),
        imitates=_imitated(checked),
        domains=official_domains(checked.facts.get("impersonates", "")),
        facts=fact_lines(checked.facts),
        links=[_link_line(each) for _, each in finding.links[:MOST_LINKS]],
        numbers=[_number_line(shown, each) for shown, each in finding.numbers],
        tell=tell,
        ask=[*map(spoken, advice.ask)],
        never=[*map(spoken, advice.never)],
        copy_advice="\n".join(tell or ([say(STILL_VERIFY)] if is_quiet and finding.kind != "advertisement" else [])),
        is_cut=finding.is_cut,
        tell_title=say(_TELL.get(finding.kind, Words("对客户说", "Tell the customer"))),
    )


def _reasons(cues: Iterable[Cue], placed: bool) -> list[ReasonLine]:
    return [
        ReasonLine(
            number=number if placed and cue.end > cue.start else 0,
            sentence=spoken(cue.text),
            source=cue.source,
            tone="danger" if cue.weight >= 40 else "warning" if cue.weight > 0 else "neutral",
        )
        for number, cue in enumerate(cues, 1)
    ]


def _imitated(checked: Checked) -> str:
    name = checked.facts.get("impersonates", "")
    return say((checked.facts.get("impersonates_zh", name), name)) if name else ""


def official_domains(name: str) -> str:
    """Return the official domains of a brand, parted for people; "" when it is not known."""
    brand = next((each for each in shipped_brands().brands if each.name == name), None)
    return ", ".join(brand.domains[:MOST_DOMAINS]) if brand is not None else ""


def signal_marks(facts: Mapping[str, str]) -> list[Mark]:
    """Return how the person who wrote it is and what happens to her now, the most pressing first."""
    named = [*facts.get("priority", "").split(), *facts.get("signals", "").split()]
    packs = shipped_library().packs
    marks = [_signal(name, packs[name].name) for name in dict.fromkeys(named)]
    return sorted(marks, key=lambda each: each.tone != "danger")


def _signal(name: str, words: result.Words) -> Mark:
    icon, tone = _SIGNALS.get(name, _MOOD)
    return Mark(Words(words.zh, words.en), icon, tone)


def fact_lines(facts: Mapping[str, str]) -> list[tuple[str, str]]:
    """Return the plain findings worth telling, each with its name."""
    lines = [(say(words), _fact(name, facts[name])) for name, words in _FACTS.items() if facts.get(name)]
    grade = _GRADES.get(facts.get("grade", ""))
    return ([(say(Words("把握", "Grade")), say(grade))] if grade else []) + lines


def _fact(name: str, value: str) -> str:
    if name == "registrable_domain":
        return value.replace(".", "[.]")
    if name == "exemptions":
        contexts = shipped_terms().file.exempt
        return "; ".join(say((contexts[each].zh, contexts[each].en)) for each in value.split())
    return say(_NUMBERS[value]) if name == "number_kind" and value in _NUMBERS else value


def _link_line(checked: Checked) -> LinkLine:
    return LinkLine(checked.facts.get("defanged", ""), VERDICTS[checked.level], _imitated(checked))


def _number_line(shown: str, checked: Checked) -> tuple[str, Mark, str]:
    kind = _fact("number_kind", checked.facts.get("number_kind", ""))
    return shown, VERDICTS[checked.level], spoken(checked.cues[0].text) if checked.cues else kind
