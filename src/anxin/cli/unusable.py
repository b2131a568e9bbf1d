"""Why a file that a command was given, or was to write, cannot be used: in both languages."""

from __future__ import annotations

import errno

from anxin.cli.language import both
from anxin.engine.errors import EngineError

_DISK_WORDS = {
    errno.ENOSPC: ("磁盘已满，没有写完", "the disk is full, not everything was written"),
    errno.EDQUOT: ("磁盘配额已用尽，没有写完", "the disk quota is used up, not everything was written"),
    errno.EROFS: ("文件系统只读", "the file system can only be read"),
    errno.EACCES: ("没有权限", "permission is missing"),
    errno.EPERM: ("不允许这样做", "this is not permitted"),
    errno.ENOENT: ("文件或文件夹不存在", "there is no such file or folder"),
    errno.ENOTDIR: ("上级不是文件夹", "what should be its folder is none"),
    errno.EISDIR: ("这是文件夹，不是文件", "this is a folder, not a file"),
    errno.EEXIST: ("同名的文件已存在", "a file of that name is in the way"),
    errno.EIO: ("磁盘读写出错", "the disk failed"),
}


def disk_words(fault: OSError) -> str | None:
    """Return what the disk refused and where, None for what is no matter of disks."""
    words = _DISK_WORDS.get(fault.errno or 0)
    if words is None:
        return None
    zh, en = words
    name = fault.filename
    return both(f"{zh}。", f"{en}.") if name is None else both(f"{name}：{zh}。", f"{name}: {en}.")


def unusable(fault: Exception) -> str:
    """Return why a file cannot be used, by what reading it raised."""
    if isinstance(fault, EngineError):
        return both(fault.sentence("zh"), fault.sentence("en"))
    if isinstance(fault, OSError):
        return disk_words(fault) or both(f"无法读取：{fault}", f"it cannot be read: {fault}")
    if isinstance(fault, UnicodeDecodeError):
        return both("不是 UTF-8 文本。", "It is not UTF-8 text.")
    zh, en = getattr(fault, "zh", None), getattr(fault, "en", None)
    if isinstance(zh, str) and isinstance(en, str):
        return both(zh, en)
    from anxin.engine.schema.refusals import words_of  # only what a decoder says needs its words

    return both(*words_of(fault))
