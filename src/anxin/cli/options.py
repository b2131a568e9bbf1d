"""Options that several commands share, with what they mean in both languages."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Literal

import typer

from anxin.cli.language import Language, both

Output = Literal["table", "json"]

DataOption = Annotated[
    Path | None,
    typer.Option(
        "--data",
        help=both(
            "存放全部数据的文件夹；省略则按配置，或为 anxin-data",
            "folder for everything that is kept; as configured, or anxin-data, when left out",
        ),
    ),
]
ConfigOption = Annotated[
    Path | None,
    typer.Option(
        "--config",
        help=both("含 [gateway] 与 [desk] 两表的 TOML 文件", "TOML file with the tables [gateway] and [desk]"),
    ),
]
ControlUrlOption = Annotated[
    str | None,
    typer.Option(
        "--database-url",
        help=both(
            "控制流所在的 PostgreSQL 地址；省略则用数据文件夹里的文件",
            "PostgreSQL where the control stream lies; files of the data folder when left out",
        ),
    ),
]
DeskUrlOption = Annotated[
    str | None,
    typer.Option(
        "--database-url",
        help=both(
            "工作台的 PostgreSQL 地址；省略则用数据文件夹里的文件",
            "PostgreSQL of the desk; files of the data folder when left out",
        ),
    ),
]
OutputOption = Annotated[
    Output,
    typer.Option(
        "--output", "-o", help=both("给人看的表格，还是给程序用的 JSON", "a table for people, JSON for programs")
    ),
]
PolicyFolderOption = Annotated[
    Path | None,
    typer.Option(
        "--policy", help=both("策略文件夹；省略则用起步策略", "folder of the policy; the starter policy when left out")
    ),
]
LanguageOption = Annotated[
    Language | None,
    typer.Option(
        "--language",
        help=both("规则与问题用哪种语言说明；省略则用您的语言", "language of rules and problems; yours when left out"),
    ),
]
EventsOption = Annotated[
    Path,
    typer.Option(
        "--events",
        exists=True,
        dir_okay=False,
        help=both(
            "历史事件：CSV、JSON 行（均可 .gz）或 Parquet，按到达顺序",
            "CSV, JSON lines (both also .gz) or Parquet, in order of arrival",
        ),
    ),
]
MapOption = Annotated[
    Path | None,
    typer.Option(
        "--map", help=both("映射文件（TOML）：哪一列是哪个字段和标签", "TOML file: columns to event fields and labels")
    ),
]
LabelsOption = Annotated[
    Path | None,
    typer.Option(
        "--labels",
        help=both(
            "标签文件，含 event_id 与 is_fraud，如 simulate --labels 所写",
            "file with event_id and is_fraud, as simulate --labels writes it",
        ),
    ),
]
RowsOption = Annotated[int | None, typer.Option("--limit", min=1, help=both("只读前这么多行", "only the first rows"))]
