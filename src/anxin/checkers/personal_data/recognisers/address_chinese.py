"""Chinese postal addresses: from the largest part that is written down to the room."""

from __future__ import annotations

import re
from collections.abc import Iterator

from anxin.checkers.personal_data.span import Span

KIND = "address"
EXAMPLES = (
    "住在浙江省杭州市西湖区文三路123号",
    "寄到文三路1315号数码大厦2楼",
    "地址：朝阳区建国路88号3栋2单元501室",
    "濮院镇上城14栋10单元1554室",
)
QUIET = ("他去了北京", "这个小区很好", "第3号产品", "我市今天下雨", "上海市政府发布公告")
_PROVINCE = (
    "(?:北京|天津|上海|重庆|河北|山西|辽宁|吉林|黑龙江|江苏|浙江|安徽|福建|江西|山东|河南|湖北|湖南|广东|海南|四川|贵州|云南|陕西|甘肃|青海|台湾"
    "|内蒙古|广西|西藏|宁夏|新疆|香港|澳门)(?:省|市|壮族自治区|回族自治区|维吾尔自治区|自治区|特别行政区)?"
)
# Characters that end what stands before an address and are in no name of a place.
_LETTER = "(?:[一-鿿A-Za-z0-9](?<![的在住于寄送到是为址位和与被把了您你我他她请从由去回来给]))"
_REGION = "(?:特别行政区|自治[州县旗]|地区|新区|市|区|县|旗|盟|镇|乡|街道|开发区|园区)"
_PLACE = (
    "(?:社区|村|大道|路|街|巷|弄|胡同|道|里|坊|桥|小区|花园|公寓|家园|新村|大厦|大楼|广场|中心|商城|市场|工业[区园]|创业园|科技园"
    "|苑|园|庄|城|府|湾|公司|厂|店|学校|医院|大学|学院|商厦|酒店|宾馆|超市|写字楼|商场)"
)
_PART = "[0-9一二三四五六七八九十]{1,6}(?:[-_/][0-9A-Za-z]{1,6}){0,4}"
_AFTER_NUMBER = "(?:号楼|号|幢|栋|座|单元|弄|室|楼|层|组|队|房|巷|门|#|区)"
_NUMBER = f"(?:[东南西北中]?[-_ ]?[A-Za-z]?{_PART}{_AFTER_NUMBER}?)"
_HOUSE_WORD = "(?:号楼|号|幢|栋|座|单元|弄|室|楼|层|组|队|#)"
_NAMED_HOUSE = f"{_LETTER}{{1,8}}?[0-9]{{1,6}}(?:{_HOUSE_WORD}|(?:-[0-9A-Za-z]{{1,5}}){{1,3}})"
_UNIT = f"(?:{_LETTER}{{1,9}}?{_REGION}|{_LETTER}{{1,12}}?{_PLACE}|{_NUMBER}|{_NAMED_HOUSE})[-_ ,(]?"
_WITH_PROVINCE = re.compile(f"(?:中国)?{_PROVINCE}[-_ ,]?(?:{_UNIT}){{1,14}}")
_WITHOUT = re.compile(f"(?:{_LETTER}{{1,7}}?{_REGION}|{_LETTER}{{1,10}}?{_PLACE})[-_ ]?(?:{_UNIT}){{1,14}}")
_HOUSE = re.compile(r"(?:路|街|道|巷)[0-9]|[0-9一二三四五六七八九十](?:号|幢|栋|座|单元|弄|室|楼|层|#)|[0-9]-[0-9]")
_ROAD = re.compile(r"(?:大道|路|街|巷|弄|胡同|村|小区|花园|公寓|家园|大厦|广场|苑)")
_DISTRICT = re.compile(r"[一-鿿]{1,6}?(?:区|县|市|镇|乡|街道)")
_NAMED = re.compile(r"(?:地址|住址|住在|居住[在于]|位于|寄[到往给]|送到|收货)[^一-鿿]{0,3}$")
_CHINESE = re.compile("[一-鿿]")
_BREAK = " -_,("
# What may stand between the last part known and the end of a line that is an address from its start.
_LINE_REST = re.compile(r"[\w#/()*.-]{1,20}(?=\n|$)")


def find(text: str) -> Iterator[Span]:
    """Yield addresses with a house number, or a road under a named district, or a name that says address."""
    if _CHINESE.search(text) is None:
        return
    at = 0
    for match in _WITH_PROVINCE.finditer(text):
        span = _scored(text, match.start(), match.end(), base=0.25)
        if span:
            yield span
            at = match.end()
    for match in _WITHOUT.finditer(text):
        if match.start() < at and at < match.end():
            continue
        span = _scored(text, match.start(), match.end(), base=0.0)
        if span:
            yield span


def _scored(text: str, start: int, end: int, *, base: float) -> Span | None:
    """Return the stretch with its score; None below a half."""
    written = text[start:end].rstrip(_BREAK)
    rest = _LINE_REST.match(text, start + len(written))
    if rest and (start == 0 or text[start - 1] in "\n:"):
        written += rest.group()
    score = base
    score += 0.4 if _HOUSE.search(written) else 0.0
    score += 0.2 if _ROAD.search(written) else 0.0
    score += min(0.3, 0.15 * len(_DISTRICT.findall(written)))
    score += 0.3 if _NAMED.search(text, max(0, start - 8), start) else 0.0
    return Span(start, start + len(written), KIND, min(score, 0.95)) if score >= 0.5 else None
