"""Providers on loopback, and a desk that may reach them."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import msgspec
import pytest
from django.conf import settings as django_settings
from pytest_django import Settings

from anxin.desk.conftest import NIGHT
from anxin.desk.foundation.edge.actor import Actor
from anxin.desk.foundation.notifications import senders
from anxin.desk.foundation.notifications.actions.channels import Way, open_channel
from anxin.desk.foundation.notifications.models import Channel
from anxin.desk.foundation.notifications.senders import Dispatch
from anxin.desk.foundation.notifications.tasks import Delivery
from anxin.desk.foundation.webhooks.tests.receiver import Receiver, receiving

PATIENCE_SECONDS = 300.0


@pytest.fixture(autouse=True)
def _patient(monkeypatch: pytest.MonkeyPatch) -> None:
    """Give up no sender because a machine is slow to start it."""
    monkeypatch.setattr(senders, "_START_SECONDS", PATIENCE_SECONDS)


@pytest.fixture
def provider(settings: Settings) -> Iterator[Receiver]:
    """A provider on loopback, which this installation may reach."""
    settings.ANXIN = msgspec.structs.replace(django_settings.ANXIN, webhook_networks=("127.0.0.0/8",))
    with receiving() as receiver:
        yield receiver


@pytest.fixture(scope="session")
def dispatch() -> Iterator[Dispatch]:
    """Senders, started once for all tests; none is killed because a machine is slow."""
    made = Dispatch(senders=3, seconds=PATIENCE_SECONDS)
    yield made
    made.stop()


@pytest.fixture
def delivery(dispatch: Dispatch) -> Delivery:
    """A worker's deliveries."""
    return Delivery(dispatch)


@pytest.fixture
def channel_to() -> Callable[..., Channel]:
    """Open a hook: `channel_to(receiver, by=lead)`."""

    def open_one(receiver: Receiver, *, by: Actor, is_shared: bool = False) -> Channel:
        return open_channel(Way("hook", "phone", receiver.url, is_shared=is_shared), by=by, at=NIGHT)

    return open_one
