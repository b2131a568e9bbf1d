"""Look-alike characters folded to one shape, and how near two domain names look."""

from __future__ import annotations

import math
import unicodedata

# Characters that read as a Latin letter in the fonts of address bars: Cyrillic, Greek, Armenian, Cherokee, IPA.
_SHAPES = {
    "a": "аɑαａàáâãäåāăąǎạảấầẩẫậắằẳẵặȧ",
    "b": "ЬьƄｂḃḅɓ",
    "c": "сϲⅽｃçćĉċčƈ",
    "d": "ԁⅾｄďđḍɗ",
    "e": "еҽｅèéêëēĕėęěẹẻẽếềểễệё",
    "f": "ƒｆḟ",
    "g": "ɡցｇĝğġģǧǵ",
    "h": "һհｈĥħḥ",
    "i": "іıɩιｉìíîïĩīĭįǐịỉӏ",
    "j": "јϳｊĵ",
    "k": "κкｋķǩḳ",
    "l": "ⅼӀｌĺļľŀłḷ",
    "m": "мⅿｍṃɱ",
    "n": "ոｎñńņňṇŋп",
    "o": "оοօｏòóôõöøōŏőơǒọỏốồổỗộớờởỡợσ",
    "p": "рρｐṗ",
    "q": "ԛգｑ",
    "r": "гｒŕŗřṛ",
    "s": "ѕｓśŝşšșṣ",
    "t": "тτｔţťŧțṭ",
    "u": "υսｕùúûüũūŭůűųưǔụủứừửữự",
    "v": "νѵⅴｖṿ",
    "w": "ԝωѡｗŵẁẃẅẉ",
    "x": "хⅹ×ｘẋ",
    "y": "уүγｙýÿŷỳỵỷỹ",
    "z": "ᴢｚźżžẓ",
}
_FOLD = str.maketrans({one: letter for letter, many in _SHAPES.items() for one in many})
_DIGITS = str.maketrans({"0": "o", "1": "l", "3": "e", "4": "a", "5": "s", "7": "t", "8": "b", "i": "l", "!": "l"})


def folded(label: str) -> str:
    """Return a Unicode label with letters that only look Latin written as Latin."""
    if label.isascii():
        return label
    spelled = label.translate(_FOLD)
    if spelled.isascii():
        return spelled
    return "".join(one for one in unicodedata.normalize("NFD", spelled) if not unicodedata.combining(one))


def skeleton(label: str) -> str:
    """Return the shape of a label: two labels of one shape are hard to tell apart (rn and m, vv and w, 0 and o)."""
    plain = folded(label).replace("rn", "m").replace("vv", "w").replace("cl", "d")
    return plain.translate(_DIGITS)


def edit_distance(one: str, other: str) -> int:
    """Return how many letters to change, add, drop or swap with their neighbour."""
    before: list[int] = []
    last = list(range(len(other) + 1))
    for row, letter in enumerate(one, 1):
        line = [row]
        for column, rival in enumerate(other, 1):
            cost = min(last[column] + 1, line[-1] + 1, last[column - 1] + (letter != rival))
            if row > 1 and column > 1 and letter == other[column - 2] and rival == one[row - 2]:
                cost = min(cost, before[column - 2] + 1)
            line.append(cost)
        before, last = last, line
    return last[-1]


def likeness(official: str, candidate: str) -> float:
    """Return how easily a domain is taken for the official one, 0–1.

    Falls with every edit, more so in short names, with letters added or dropped, and with another first letter.
    """
    mine, other = folded(official.lower())[:255], folded(candidate.lower())[:255]
    if skeleton(mine) == skeleton(other):
        return 1.0
    edits = edit_distance(mine, other)
    longest = max(len(mine.partition(".")[0]), len(other.partition(".")[0]), 1)
    cost = edits + 4 * edits / longest + 0.3 * abs(len(mine) - len(other)) + 0.4 * (mine[:1] != other[:1])
    return math.exp(-cost / 4)
