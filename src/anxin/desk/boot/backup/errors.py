"""What can go wrong with a backup; each leaves the disk as it was."""

from __future__ import annotations

from anxin.engine.errors import EngineError


class BackupImpossible(EngineError):
    """What should be copied cannot be read, or the file cannot be written."""

    code = "backup.impossible"
    zh = "无法备份：{reason}"
    en = "The backup cannot be made: {reason}"


class ArchiveDamaged(EngineError):
    """The archive is not as it was written."""

    code = "backup.archive_damaged"
    zh = "备份文件已损坏或不完整：{reason}。未恢复任何数据。"
    en = "The backup file is damaged or cut short: {reason}. Nothing was restored."


class RestoreImpossible(EngineError):
    """The archive is whole, and yet cannot be restored to this place."""

    code = "backup.restore_impossible"
    zh = "无法恢复：{reason}"
    en = "It cannot be restored: {reason}"


class PassphraseWrong(EngineError):
    """The passphrase does not open the keys."""

    code = "backup.passphrase_wrong"
    zh = "口令不正确，或密钥部分被改动。未恢复任何数据。"
    en = "The passphrase is wrong, or the sealed keys were changed. Nothing was restored."


class PassphraseMissing(EngineError):
    """The keys need a passphrase and none was given, or too short a one."""

    code = "backup.passphrase_missing"
    zh = "需要口令文件（至少 {least} 个字符，仅本人可读）：{reason}"
    en = "A passphrase file is needed (at least {least} characters, private): {reason}"
