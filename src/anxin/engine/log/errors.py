"""Errors of the decision log."""

from __future__ import annotations

from anxin.engine.errors import EngineError
from anxin.engine.log.faults import Fault


class LogError(EngineError):
    """The decision log refused, or failed."""

    code = "log.error"
    zh = "决策日志出错。"
    en = "The decision log failed."


class DiskFull(LogError):
    """There is no room for new records; nothing acknowledged is lost, and pending records wait in memory."""

    code = "log.disk_full"
    zh = "磁盘已满，暂不接受新事件；已确认的决策没有丢失。"
    en = "The disk is full; new events are refused for now. No acknowledged decision is lost."


class DiskShort(LogError):
    """The disk has no room for the log's next segment; `folder` lies on it, `free` and `wanted` are whole MB."""

    code = "log.disk_short"
    zh = (
        "磁盘空间不足：{folder} 所在的磁盘剩余 {free} MB，决策日志需要 {wanted} MB，事件会被拒绝（503）；"
        "已确认的决策没有丢失。请清理该磁盘，或用 --data 换到更大的磁盘。"
    )
    en = (
        "The disk has too little room: {free} MB are left where {folder} lies, the decision log needs {wanted} MB, and "
        "events are refused (503); no acknowledged decision is lost. Free some space there, or give a larger disk "
        "with --data."
    )


class LogFailed(LogError):
    """The disk reported an error that leaves the durable state unknown; the process must end."""

    code = "log.failed"
    zh = "写入决策日志失败（{reason}），程序必须停止。"
    en = "Writing the decision log failed ({reason}); the process must stop."


class LogBusy(LogError):
    """Another process holds the folder."""

    code = "log.busy"
    zh = "决策日志目录正被另一个进程使用。"
    en = "The decision log folder is in use by another process."


class LogDamaged(LogError):
    """A closed segment, a header or the ledger is not as written, at `offset` of `file`, where record `seq` is due."""

    code = "log.damaged"
    zh = "决策日志损坏：文件 {file}，位置 {offset}，序号 {seq}：{fault_zh}"
    en = "The decision log is damaged: file {file}, offset {offset}, seq {seq}: {fault_en}"

    def __init__(self, *, file: str, offset: int, seq: int, fault: Fault) -> None:
        self.file = file
        self.offset = offset
        self.seq = seq
        self.fault = fault
        super().__init__(file=file, offset=offset, seq=seq, fault_zh=fault.zh, fault_en=fault.en)


class RecordTooLarge(LogError):
    """The record is larger than a frame may be."""

    code = "log.record_too_large"
    zh = "记录大小 {size} 字节，超过上限 {limit} 字节。"
    en = "The record has {size} bytes; the limit is {limit} bytes."


class RecordUnknown(LogError):
    """No record has this sequence number: never written, or dropped by retention."""

    code = "log.record_unknown"
    zh = "没有序号为 {seq} 的记录。"
    en = "There is no record with seq {seq}."


class KeyRefused(LogError):
    """A master key file is missing, too open, or of the wrong size."""

    code = "log.key_refused"
    zh = "主密钥文件不可用：{reason}"
    en = "The master key file cannot be used: {reason}"


class KeyMissing(LogError):
    """The key ring has no master key that opens this segment."""

    code = "log.key_missing"
    zh = "密钥环中没有打开此日志的主密钥({key_id})。"
    en = "The key ring lacks the master key that opens this log ({key_id})."
