"""The library as a table."""

from __future__ import annotations

from django.utils.http import urlencode

from anxin.desk.foundation.ui.shapes import Cell, Column, Row, Table
from anxin.desk.foundation.ui.words import Words, say
from anxin.desk.operations.intelligence.queries import LibraryView, SignatureLine

_KINDS = {
    "link": Words("链接", "link"),
    "phone": Words("号码", "number"),
    "text": Words("话术", "words"),
    "image": Words("图片", "picture"),
    "hashed": Words("共享指标", "shared"),
}
_COLUMNS = (
    Column(Words("编号", "Id")),
    Column(Words("特征集与版本", "Set and version")),
    Column(Words("类型", "Kind")),
    Column(Words("状态与有效期（UTC）", "State and validity (UTC)")),
    Column(Words("负责人", "Owner"), is_minor=True),
    Column(Words("来源", "Source"), is_minor=True),
    Column(Words("置信度", "Confidence"), is_minor=True),
    Column(Words("TLP", "TLP"), is_minor=True),
    Column(Words("内容数", "Values"), is_number=True, is_minor=True),
    Column(Words("正例/反例", "Tests + / −"), is_number=True, is_minor=True),
    Column(Words("命中", "Hits"), is_number=True),
    Column(Words("命中率", "Hit rate"), is_number=True),
    Column(Words("误报", "False positives"), is_number=True),
)


def signature_table(view: LibraryView) -> Table:
    """Return the signatures as people read them."""
    return Table(
        caption=Words("特征", "Signatures"),
        columns=_COLUMNS,
        rows=[_row(each) for each in view.lines],
        empty=Words("还没有发布特征", "No signature is published yet"),
        empty_how=Words(
            "提议一个特征文件或数据源，由第二人批准后一秒内生效。",
            "Propose a file or a feed; once a second person approves it is in force within a second.",
        ),
        next_href="?" + urlencode({"after": view.next}) if view.next else None,
    )


def _row(line: SignatureLine) -> Row:
    state = Words("生效", "in force") if line.is_in_force else Words("未生效", "not in force")
    tests = f"{line.positives}/{line.negatives}" if line.kind != "phone" else "—"
    values = (
        line.id,
        f"{line.set} {line.version}",
        say(_KINDS[line.kind]),
        f"{say(state)} · {line.valid_from} – {line.valid_until}",
        line.owner,
        line.source,
        line.confidence,
        line.tlp,
        line.size,
        tests,
        line.hits,
        f"{line.hit_rate:.2%}",
        line.false_positives,
    )
    return Row([Cell(each) for each in values], key=line.id)
