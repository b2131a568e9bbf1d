"""Addresses that are loaded when one of them is asked for."""

from __future__ import annotations

from typing import Any

from django.urls import URLResolver


class DeferredResolver(URLResolver):
    """Everything under a namespace, loaded at the first request for it or the first address written by its name.

    To write any other address Django gathers those of all resolvers; of one under a namespace it needs only that name.
    """

    _is_wanted = False

    def _populate(self) -> None:
        if self._is_wanted:
            super()._populate()

    @property
    def reverse_dict(self) -> Any:
        self._is_wanted = True
        return super().reverse_dict

    @property
    def namespace_dict(self) -> Any:
        self._is_wanted = True
        return super().namespace_dict

    @property
    def app_dict(self) -> Any:
        self._is_wanted = True
        return super().app_dict
