"""Every personal column and every retention of the desk, gathered from the packages' `personal_data.py`."""

from __future__ import annotations

import importlib
import importlib.util
from functools import cache
from types import ModuleType

from django.apps import apps

from anxin.desk.foundation.permissions.personal import PersonalColumn, Retention


@cache
def personal_columns() -> tuple[PersonalColumn, ...]:
    """Return what is declared in `COLUMNS`."""
    return tuple(each for module in _modules() for each in getattr(module, "COLUMNS", ()))


@cache
def retentions() -> tuple[Retention, ...]:
    """Return what is declared in `RETENTIONS`."""
    return tuple(each for module in _modules() for each in getattr(module, "RETENTIONS", ()))


def _modules() -> list[ModuleType]:
    names = [f"{each.name}.personal_data" for each in apps.get_app_configs() if each.name.startswith("anxin.desk.")]
    return [importlib.import_module(name) for name in names if importlib.util.find_spec(name)]
