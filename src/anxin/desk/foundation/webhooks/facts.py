"""What this package tells others."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar


@dataclass(frozen=True)
class WebhookDisabled:
    """An endpoint takes nothing any more; `why` is `gone` or `failing`."""

    kind: ClassVar[str] = "webhook.disabled"
    topic: ClassVar[str] = "webhooks"
    object_id: str
    why: str


@dataclass(frozen=True)
class WebhookTested:
    """Somebody asks whether an endpoint works."""

    kind: ClassVar[str] = "webhook.tested"
    topic: ClassVar[str] = "webhooks"
    object_id: str
