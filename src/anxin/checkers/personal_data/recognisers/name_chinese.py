"""Names of people in Chinese text, best effort: a family name, a cut that says name, and words around it."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from functools import cache, partial

from anxin.checkers.personal_data.recognisers.words import words
from anxin.checkers.personal_data.span import Span

KIND = "person"
EXAMPLES = ("姓名：张雁冰，男", "收货人李建国 13812345678", "患者王小明，43岁", "温迪·格伦是一位护士")
QUIET = ("高兴地说", "马上发货", "黄金首饰", "我们公司", "连衣裙")
FAMILY = frozenset("".join(words("chinese_family")))
COMPOUND = frozenset(words("chinese_compound"))
_HAN = "[一-鿿]"
_BEFORE = re.compile(
    r"(?:姓名|收[货件]人|联系人|我叫|名叫|叫做|患者|病人|客户|户主|主治医[生师]|主任医师|医生|经理|记者|教授|博士"
    r"|先生|女士|主席|总统|导演|[是由]|[:,。;!?()、 \n])$|^$"
)
_PERSON_WORD = re.compile(
    r"(?:姓名:?|收[货件]人:?|联系人:?|我叫|名叫|叫做|患者|病人|客户|户主|医[生师]|记者|教授|博士|先生|女士|导演|总统)$"
)
_TITLE = re.compile(
    r"[ ]?(?:先生|女士|小姐|医[生师]|主任|经理|老师|同学|教授|博士|师傅|律师|院士|主席|总统|导演"
    r"|[,(]\d{1,3}岁|[,(][男女]"
    r"|是一[位名]|的(?:身份|信用|年收|诊断|治疗|指导|主治))"
)
_AFTER = re.compile(
    r"[,。;:!?()、 \n\"”》]|说|表示|认为|在|于|是|为|的|和|与|也|就|被|将|向|对|从|开具|诊断|负责|则|曾|还|指出|告诉|$"
)
_FOREIGN = re.compile(rf"{_HAN}{{1,6}}[·•]{_HAN}{{1,6}}(?:[·•]{_HAN}{{1,6}})?(?=是|的|,|。|医|在|为|被|说|$|[^一-鿿])")
_FAMILY_ALONE = re.compile(r"(?:(?<![一-鿿])|(?<=[的由是请和与给为找]))[一-鿿](?=先生|女士|小姐|教授|医生|老师|师傅)")
_PLACE_AFTER = re.compile(
    r"队|市|州|县|区|镇|乡|村|岛|港|湾|山|河|湖|江|街|路|大道|广场|银行|公司|集团|大学|学院|中学|小学|医院|酒店|饭店|机场|车站"
    r"|博物馆|宫|寺|庙|塔|桥|俱乐部|主场|球场|城|国|省|地区|半岛|平原|楼|大厦|中心|园|小区|站|堡"
)
_LEAST = 0.5
# What it says for a name when the cutter leaves a family name alone.
LONE = 0.2
# Family names that are ordinary words at least as often.
_ALSO_WORDS = frozenset("连毛都那原师易乐楼齐温时应平成项向于何方高马金万钱车单全和支国计关安符曾还常")
# What the cutter knows as a whole name, and as a name that is written by its sound.
_KNOWN, _BY_SOUND = "nrfg", "nrt"
_SURE_FAMILY = frozenset("".join(words("chinese_sure_family")))
_SOUNDS, _SURE_SOUNDS = "".join(words("chinese_foreign")), frozenset("".join(words("chinese_foreign_sure")))
_SOUNDED = re.compile(f"[{_SOUNDS}]{{3,8}}")
_NO_PERSON = tuple(words("chinese_no_person"))
# Words that the cutter calls names, or that begin like one, and are none.
_NO_NAME = frozenset(words("chinese_no_name"))
_NO_GIVEN = frozenset("他她它其我你您的了在是为与及和或被把将从向对于总副这那个们有不也就都而以之所等并某该")
_NO_ENDING = words("chinese_no_ending")


def find(text: str) -> Iterator[Span]:
    """Yield names by cut and context, then every other place where a name that was found stands again."""
    if not any("一" <= each <= "鿿" for each in text):
        return
    found: dict[str, float] = {}
    until, taken = 0, set[int]()
    for start, word, tag in _cut(text):
        if start < until:
            continue
        scored = [
            (_score(text, start, name, tag) + LONE * (len(word) == 1 and word not in _ALSO_WORDS), name)
            for name in _candidates(text, start, word, tag)
        ]
        score, name = max(scored, default=(0.0, ""))
        if score >= _LEAST:
            yield Span(start, start + len(name), KIND, score)
            found[name] = max(score, found.get(name, 0.0))
            until = start + len(name)
            taken.update(range(start, until))
    yield from _sounded(text, taken)
    for match in _FOREIGN.finditer(text):
        yield Span(match.start(), match.end(), KIND, 0.7)
    for match in _FAMILY_ALONE.finditer(text):
        if match.group() in FAMILY and match.group() not in _ALSO_WORDS:
            yield Span(match.start(), match.end(), KIND, 0.6)
    for name, score in found.items():
        if len(name) >= 3:
            yield from (Span(m.start(), m.end(), KIND, score) for m in re.finditer(re.escape(name), text))


def _sounded(text: str, taken: set[int]) -> Iterator[Span]:
    """Yield runs of characters that foreign names are written with, where their surroundings say a person."""
    for match in _SOUNDED.finditer(text):
        word, start, end = match.group(), match.start(), match.end()
        if _SURE_SOUNDS.isdisjoint(word) or not taken.isdisjoint(range(start, end)) or _PLACE_AFTER.match(text, end):
            continue
        is_place = any(each in word for each in _NO_PERSON) or word.endswith(("利亚", "尼亚", "维亚", "斯坦", "西亚"))
        if not is_place and any(_context(text, start, end)):
            yield Span(start, end, KIND, _LEAST)


def _context(text: str, start: int, end: int) -> tuple[bool, bool]:
    """Return whether what stands before says that somebody is named, and whether what follows ends a name."""
    named = _BEFORE.search(text[max(0, start - 6) : start]) is not None
    return named, _TITLE.match(text, end) is not None or _AFTER.match(text, end) is not None


def _cut(text: str) -> Iterator[tuple[int, str, str]]:
    """Yield each word's offset, the word and its tag."""
    at = 0
    for word, tag in _tagger()(text):
        yield at, word, tag
        at += len(word)


@cache
def _tagger() -> Callable[[str], list[tuple[str, str]]]:
    # Loads its dictionary at the first cut: not at import.
    import rjieba

    return partial(rjieba.tag, hmm=True)


def _candidates(text: str, start: int, word: str, tag: str) -> list[str]:
    """Return what may be the name that begins with a word, the likeliest first."""
    if word in _NO_NAME or text.startswith(_NO_PERSON, start):
        return []
    if tag in (_KNOWN, _BY_SOUND) and 2 <= len(word) <= 6:
        return [word]
    family = 2 if text[start : start + 2] in COMPOUND else 1
    if family == 1 and text[start] not in FAMILY:
        return [word] if tag == "nr" and 2 <= len(word) <= 4 and word not in _NO_NAME else []
    lengths = [len(word)] if len(word) > family else []
    lengths += [family + 2, family + 1]
    names = (text[start : start + length] for length in dict.fromkeys(lengths))
    return [
        name
        for name in names
        if family < len(name) <= family + 2
        and _may_be_name(name, family)
        and text[start + len(name) - 1 : start + len(name) + 1] not in _NO_ENDING
    ]


def _may_be_name(name: str, family: int) -> bool:
    given = name[family:]
    if name in _NO_NAME or name[:2] in _NO_NAME or name.endswith(_NO_ENDING) or not _NO_GIVEN.isdisjoint(given):
        return False
    return all("一" <= each <= "鿿" for each in name)


def _score(text: str, start: int, name: str, tag: str) -> float:
    """Return how much speaks for a name: the cut, who is named before it, what follows."""
    end = start + len(name)
    if _PLACE_AFTER.match(text, end):
        return 0.0
    titled = _TITLE.match(text, end) is not None
    named, bounded = _context(text, start, end)
    if tag == _KNOWN:
        return 0.75
    if tag == _BY_SOUND:
        return 0.55 if named or bounded else 0.3
    cut_says = tag == "nr"
    family = name[0] in FAMILY
    if not family:
        # Brands and foreign words are cut as names too: only a title or a word for a person counts here.
        return 0.7 if cut_says and (titled or _PERSON_WORD.search(text[max(0, start - 6) : start])) else 0.0
    score = 0.4 * cut_says + 0.25 * titled + 0.15 * named + 0.15 * bounded + 0.05
    # A sure family name that the cutter takes for a name needs no word beside it.
    return min(max(score, _LEAST if cut_says and name[0] in _SURE_FAMILY else 0.0), 0.95)
