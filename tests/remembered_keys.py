"""The desk's own key service, which under test need not open with RSA what it has just closed."""

from __future__ import annotations

from pathlib import Path

from anxin.desk.foundation.vault.key_service import FileKeyService


class RememberedKeys(FileKeyService):
    """Keys in files; those that this process wrapped are remembered: nearly every test makes two and opens them."""

    def __init__(self, folder: Path) -> None:
        super().__init__(folder)
        self._wrapped: dict[tuple[str, bytes], bytes] = {}

    def wrap(self, data_key: bytes) -> tuple[str, bytes]:
        made = super().wrap(data_key)
        self._wrapped[made] = data_key
        return made

    def unwrap(self, kek_id: str, wrapped: bytes) -> bytes:
        return self._wrapped.get((kek_id, wrapped)) or super().unwrap(kek_id, wrapped)
