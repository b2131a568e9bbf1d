from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from django.test import Client

from anxin.desk.foundation.organisations.models import Organisation
from anxin.desk.foundation.webhooks.models import Endpoint

URL = "https://partner.example/hook?token=geheim"


def add(client: Client) -> str:
    page = client.post("/webhooks/open/", {"name": "shop", "url": URL, "kinds": "freeze. webhook."}).content.decode()
    assert re.search(r"whsec_[A-Za-z0-9+/=]{40,}", page)
    return Endpoint.objects.latest("created_at").id


def test_the_secret_is_shown_once_and_the_address_never_whole(sign_in: Callable[..., Client]) -> None:
    client = sign_in("administrator")
    endpoint_id = add(client)
    for path in ("/webhooks/", f"/webhooks/{endpoint_id}/"):
        page = client.get(path).content.decode()
        assert "partner.example" in page
        assert "whsec_" not in page
        assert "geheim" not in page
    assert b"geheim" not in bytes(Endpoint.objects.get().url_sealed)


@pytest.mark.parametrize("path", ["", "{id}/", "{id}/rotate/", "{id}/replay/", "{id}/disable/", "{id}/test/"])
def test_doors(sign_in: Callable[..., Client], other_organisation: Organisation, path: str) -> None:
    endpoint_id = add(sign_in("administrator"))
    url = "/webhooks/" + path.format(id=endpoint_id)
    method = "get" if path in ("", "{id}/") else "post"
    assert getattr(Client(), method)(url).status_code == 302
    assert getattr(sign_in("specialist"), method)(url).status_code == 403
    if path:
        foreign = sign_in("administrator", username="their-admin", to=other_organisation)
        assert getattr(foreign, method)(url).status_code == 404
        assert Endpoint.objects.get().disabled_at is None


def test_inward_addresses_are_refused_when_typed(sign_in: Callable[..., Client]) -> None:
    answer = sign_in("administrator").post("/webhooks/open/", {"name": "x", "url": "http://10.0.0.1/", "kinds": ""})
    assert answer.status_code == 422
    assert Endpoint.objects.count() == 0
