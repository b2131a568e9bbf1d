"""The summary of a pack for people, as PDF in Chinese and English; the same contents make the same bytes."""

from __future__ import annotations

import io
from collections.abc import Mapping
from xml.sax.saxutils import escape

from reportlab.lib import colors
from reportlab.lib.pagesizes import A4
from reportlab.lib.styles import ParagraphStyle
from reportlab.lib.units import mm
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.cidfonts import UnicodeCIDFont
from reportlab.platypus import Flowable, Paragraph, SimpleDocTemplate, Spacer, Table, TableStyle

from anxin.desk.operations.evidence.pack.contents import PackContents, PackedPiece

FONT = "STSong-Light"
"""One of the CJK fonts every PDF reader stands in for (ISO 32000-1, 9.7.5): nothing is embedded, nothing licensed."""
_TITLE = ("证据包摘要", "Summary of an evidence pack")
_FACTS = (
    ("incident", "事件", "Incident"),
    ("kind", "类型", "Kind"),
    ("level", "级别", "Level"),
    ("organisation", "组织", "Organisation"),
    ("purpose", "用途", "Purpose"),
    ("made_at", "生成时间（UTC）", "Made at (UTC)"),
    ("made_by", "生成人", "Made by"),
    ("with_originals", "含原件", "With originals"),
)
_HOW = (
    "核验：用 Python 3 运行 verify.py，或 anxin evidence verify。任何一个字节被改动都会被发现。"
    "请向本组织核对公钥指纹：{key}。",
    "To verify: run verify.py with Python 3, or anxin evidence verify. Any changed byte is found. "
    "Compare the fingerprint of the public key with the organisation: {key}.",
)
_COLUMNS = ("编号与指纹 Id and SHA-256", "内容 What", "收存 Taken in", "保管 Custody")


def write_summary(contents: PackContents, fingerprint: str) -> bytes:
    """Return the PDF."""
    pdfmetrics.registerFont(UnicodeCIDFont(FONT))
    out = io.BytesIO()
    document = SimpleDocTemplate(
        out,
        pagesize=A4,
        leftMargin=16 * mm,
        rightMargin=16 * mm,
        topMargin=16 * mm,
        bottomMargin=16 * mm,
        title=" ".join(_TITLE),
        author="Anxin",
        invariant=1,
    )
    document.build([*_head(contents), *_body(contents), *_foot(fingerprint)])
    return out.getvalue()


def _head(contents: PackContents) -> list[Flowable]:
    rows = [[_text(f"{zh} {en}"), _text(_said(contents.about, name))] for name, zh, en in _FACTS]
    table = Table(rows, colWidths=(55 * mm, 123 * mm))
    table.setStyle(TableStyle([("VALIGN", (0, 0), (-1, -1), "TOP"), ("LINEBELOW", (0, 0), (-1, -1), 0.3, colors.grey)]))
    return [_text(_TITLE[0], 18), _text(_TITLE[1], 12), Spacer(1, 5 * mm), table, Spacer(1, 6 * mm)]


def _body(contents: PackContents) -> list[Flowable]:
    rows = [[_text(each) for each in _COLUMNS], *(_piece(each) for each in contents.pieces)]
    table = Table(rows, colWidths=(62 * mm, 42 * mm, 38 * mm, 36 * mm), repeatRows=1)
    style = [
        ("VALIGN", (0, 0), (-1, -1), "TOP"),
        ("GRID", (0, 0), (-1, -1), 0.3, colors.grey),
        ("BACKGROUND", (0, 0), (-1, 0), colors.whitesmoke),
    ]
    table.setStyle(TableStyle(style))
    return [table, Spacer(1, 6 * mm)]


def _piece(piece: PackedPiece) -> list[Flowable]:
    entry = piece.entry
    left_out = "" if piece.data is not None else " · 未附内容 content left out"
    what = f"{entry['kind']} · {entry['media_type']} · {entry['size']} B{left_out}"
    return [
        _text(f"{piece.id}<br/>{entry['sha256']}", 7),
        _text(what, 8),
        _text(f"{entry['collected_at']}<br/>{escape(str(entry['collected_by']))} · {entry['source']}", 8),
        _text(f"{len(piece.custody)} 条 events<br/>{str(piece.custody[-1]['hash'])[:16] if piece.custody else ''}", 8),
    ]


def _foot(fingerprint: str) -> list[Flowable]:
    return [_text(each.format(key=fingerprint), 9) for each in _HOW]


def _text(words: str, size: int = 9) -> Flowable:
    style = ParagraphStyle("plain", fontName=FONT, fontSize=size, leading=size * 1.4, wordWrap="CJK")
    return Paragraph(words, style)


def _said(about: Mapping[str, object], name: str) -> str:
    value = about.get(name, "")
    if isinstance(value, bool):
        return "是 yes" if value else "否 no"
    return escape(str(value))
