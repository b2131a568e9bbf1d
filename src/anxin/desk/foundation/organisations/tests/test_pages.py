from __future__ import annotations

from collections.abc import Callable

from django.test import Client


def test_stranger_is_led_to_the_sign_in() -> None:
    answer = Client().get("/people/me/")
    assert (answer.status_code, answer["Location"]) == (302, "/accounts/login/?next=%2Fpeople%2Fme%2F")


def test_agent_sees_her_limit_and_who_can_do_the_rest(sign_in: Callable[..., Client]) -> None:
    page = sign_in("service_agent").get("/people/me/").content.decode()
    assert "emergency freeze of up to 24 h" in page
    assert "0/10 a shift · 10 left" in page
    assert "data-protection officer" in page
