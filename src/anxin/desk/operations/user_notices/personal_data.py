"""Notices keep codes only; the words follow from them."""

from __future__ import annotations

from anxin.desk.foundation.permissions.personal import PersonalColumn

COLUMNS: tuple[PersonalColumn, ...] = ()
