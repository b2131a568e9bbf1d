"""In which form a person sees a value."""

from __future__ import annotations

from dataclasses import dataclass

from anxin.desk.foundation.edge.actor import Actor
from anxin.desk.foundation.permissions.authority import form_for
from anxin.desk.foundation.permissions.catalogue import Form, field_rules
from anxin.desk.foundation.permissions.masks import coarse, mask

_REVEALABLE = {Form.REVEAL, Form.REVEAL_SECOND, Form.COARSE_REVEAL}


@dataclass(frozen=True)
class Shown:
    """A value as one actor sees it; `text` "" means not at all. `form` tells whether a reveal may be offered."""

    kind: str
    text: str
    form: Form

    @property
    def can_reveal(self) -> bool:
        """Return whether a reveal may be offered."""
        return self.form in _REVEALABLE

    @property
    def needs_second(self) -> bool:
        """Return whether the reveal waits for a second person."""
        return self.form is Form.REVEAL_SECOND


def show(kind: str, value: str, *, by: Actor, pseudonym: str = "") -> Shown:
    """Return the value in the form that the actor's roles allow; `pseudonym` is its token."""
    form = form_for(by, field_rules()[kind])
    if form is Form.NONE:
        return Shown(kind, "", form)
    if form is Form.PSEUDONYM:
        return Shown(kind, pseudonym[:12], form)
    if form is Form.FULL:
        return Shown(kind, value, form)
    if form in (Form.COARSE, Form.COARSE_REVEAL):
        return Shown(kind, coarse(field_rules()[kind].mask, value), form)
    return Shown(kind, mask(field_rules()[kind].mask, value), form)
