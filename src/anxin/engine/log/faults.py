"""What can be wrong with the log's bytes."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Fault:
    """One way of being damaged: a stable word, and a phrase in both languages."""

    code: str
    zh: str
    en: str


HEADER_CUT = Fault("header_cut", "文件头被截断", "the header is cut off")
HEADER_CHECKSUM = Fault("header_checksum", "文件头校验和不符", "the header's checksum is wrong")
HEADER_CHANGED = Fault("header_changed", "文件头被改动", "the header was changed")
HEADER_FORMAT = Fault("header_format", "不是可识别的日志分段格式", "this is no segment of a known format")
HEADER_ORGANISATION = Fault("header_organisation", "文件头属于另一个组织", "the header names another organisation")
HEADER_PLACE = Fault(
    "header_place", "文件名与文件头的起始序号不一致", "the header names another first seq than the file"
)

FRAME_CUT = Fault("frame_cut", "记录被截断", "the frame is cut off")
FRAME_LENGTH = Fault("frame_length", "记录长度不可能成立", "the frame's length is impossible")
FRAME_CHECKSUM = Fault("frame_checksum", "记录校验和不符", "the frame's checksum is wrong")
FRAME_CHANGED = Fault(
    "frame_changed", "记录被改动，或属于别的位置", "the frame was changed or belongs to another place"
)

SEAL_MISSING = Fault("seal_missing", "已关闭的分段没有封尾", "the closed segment has no seal")
SEAL_CHANGED = Fault("seal_changed", "封尾被改动", "the seal was changed")
SEAL_OTHER = Fault("seal_other", "封尾与最后一条记录不符", "the seal names another last record")
CHAIN_INSIDE = Fault("chain_inside", "记录与封尾的链式哈希不符", "the records differ from the seal's chain hash")
CHAIN_BEFORE = Fault("chain_before", "与前一分段的链式哈希不衔接", "the chain hash of the segment before differs")

TAIL_DIRTY = Fault("tail_dirty", "最后一条记录之后还有内容", "bytes follow the last frame")
TAIL_CUT = Fault("tail_cut", "文件比创建时短", "the file is shorter than it was made")
RECORDS_MISSING = Fault("records_missing", "此处之前的记录缺失", "the records before this place are missing")
RECORDS_DOUBLED = Fault("records_doubled", "分段重复了前面的记录", "the segment repeats records of the one before")
SNAPSHOT_AHEAD = Fault(
    "snapshot_ahead",
    "快照证明这条及以后的记录曾经存盘，现在不见了；请从备份恢复",
    "a snapshot proves that this record and later ones were on the disk, and they are gone; restore a backup",
)
END_MISSING = Fault("end_missing", "末尾的记录缺失", "the records at the end are missing")

BLOCK_LENGTH = Fault("block_length", "数据块长度不可能成立", "the block's length is impossible")
BLOCK_PLACE = Fault("block_place", "数据块顺序不对", "the block belongs to another place")
BLOCK_CHECKSUM = Fault("block_checksum", "数据块校验和不符", "the block's checksum is wrong")
BLOCK_CHANGED = Fault("block_changed", "数据块被改动", "the block was changed")
FILE_CUT = Fault("file_cut", "文件被截断", "the file is cut off")

LEDGER_UNREADABLE = Fault("ledger_unreadable", "删除账本无法读取", "the ledger cannot be read")
LEDGER_CHANGED = Fault("ledger_changed", "删除账本被改动", "the ledger was changed")
LEDGER_BROKEN = Fault("ledger_broken", "删除账本的链式哈希不衔接", "the ledger's chain does not join")
