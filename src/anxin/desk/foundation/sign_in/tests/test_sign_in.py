from __future__ import annotations

import re
import time
from collections.abc import Callable

import msgspec
import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import format_hotp_value, hotp_value
from django.core.cache import cache
from django.db import connection
from django.test import Client
from pytest_django import Settings

from anxin.desk.conftest import Clock
from anxin.desk.foundation.audit.models import AuditEntry
from anxin.desk.foundation.organisations.models import Person
from anxin.desk.foundation.sign_in.models import Session, Tries

Admit = Callable[..., Person]
PASSWORD = "correct horse battery"


@pytest.fixture(autouse=True)
def _fresh_cache(clock: Clock) -> None:
    cache.clear()


def browser(language: str = "en") -> Client:
    return Client(headers={"accept-language": language, "user-agent": "Mozilla (Windows) Chrome/141"})


def sign_in_as(username: str, password: str = PASSWORD, *, using: Client | None = None, next_: str = ""):
    using = using or browser()
    return using, using.post("/accounts/login/", {"login": username, "password": password, "next": next_})


def totp(secret: str, *, ahead: int = 0) -> str:
    return format_hotp_value(hotp_value(secret, int(time.time()) // 30 + ahead))


def set_up_totp(client: Client) -> tuple[str, list[str]]:
    page = client.get("/accounts/2fa/totp/activate/").content.decode()
    secret = re.search(r'id="totp-secret">(\w+)<', page)[1]
    answer = client.post("/accounts/2fa/totp/activate/", {"code": totp(secret)})
    assert answer["Location"] == "/accounts/2fa/recovery-codes/"
    codes = re.findall(r"<code>(\d{8})</code>", client.get("/accounts/2fa/recovery-codes/").content.decode())
    return secret, codes


def acts() -> list[str]:
    return list(AuditEntry.objects.order_by("seq").values_list("act", flat=True))


def test_password_alone_is_enough_for_who_endangers_nobody(admit: Admit) -> None:
    admit("author", "mentor")
    client, answer = sign_in_as("Author ", next_="/people/me/")
    assert (answer.status_code, answer["Location"]) == (302, "/people/me/")
    assert client.get("/people/me/").status_code == 200
    row = Session.objects.get()
    assert (row.person.username, row.is_strong, row.device) == ("author", False, "Chrome · Windows")
    assert acts() == ["organisation.found", "person.admit", "session.start"]


def test_second_factor_is_demanded_where_roles_ask_for_it(admit: Admit) -> None:
    admit("lead", "shift_lead")
    client, _ = sign_in_as("lead")
    answer = client.get("/people/me/")
    assert (answer.status_code, answer["Location"]) == (302, "/accounts/2fa/")
    assert client.get("/people/me/", headers={"hx-request": "true"}).status_code == 403
    assert client.post("/approvals/x/approve/").status_code == 403
    assert client.get("/accounts/2fa/").status_code == 200
    set_up_totp(client)
    assert client.get("/people/me/").status_code == 200
    assert Session.objects.get(ended_at=None).is_strong
    assert acts()[-2:] == ["factor.add", "session.verify"]


def test_a_demonstration_demands_no_second_factor(admit: Admit, settings: Settings) -> None:
    settings.ANXIN = msgspec.structs.replace(settings.ANXIN, demo=True)
    admit("lead", "shift_lead")
    client, _ = sign_in_as("lead")
    assert client.get("/people/me/").status_code == 200


@pytest.mark.parametrize("is_demo", [True, False])
def test_only_a_demonstration_takes_the_password_for_a_factor(
    admit: Admit, settings: Settings, *, is_demo: bool
) -> None:
    settings.ANXIN = msgspec.structs.replace(settings.ANXIN, demo=is_demo)
    admit("author", "mentor")
    client, _ = sign_in_as("author")
    where = client.get("/accounts/step-up/?next=/approvals/")["Location"]
    assert where == ("/accounts/reauthenticate/?next=%2Fapprovals%2F" if is_demo else "/accounts/2fa/")
    client.post("/accounts/reauthenticate/?next=/approvals/", {"password": "correct horse battery"})
    assert bool(client.session.get("verified_at")) == is_demo


def test_password_and_code_then_a_recovery_code_once(admit: Admit) -> None:
    admit("lead", "shift_lead")
    first, _ = sign_in_as("lead")
    secret, codes = set_up_totp(first)
    assert len(codes) == 10
    again, answer = sign_in_as("lead")
    assert answer["Location"] == "/accounts/2fa/authenticate/"
    assert again.get("/people/me/").status_code == 302
    wrong = again.post("/accounts/2fa/authenticate/", {"code": "000000"})
    assert "The code is not right" in wrong.content.decode()
    used = again.post("/accounts/2fa/authenticate/", {"code": totp(secret, ahead=1)})
    assert used["Location"] == "/"
    assert again.get("/people/me/").status_code == 200
    for expected in ("/", None):
        lost, _ = sign_in_as("lead")
        assert lost.post("/accounts/2fa/authenticate/", {"code": codes[0]}).get("Location") == expected


def test_second_sign_in_ends_the_first_and_says_so(admit: Admit) -> None:
    admit("author", "mentor")
    first, _ = sign_in_as("author")
    second, _ = sign_in_as("author")
    answer = first.get("/people/me/", follow=True)
    assert answer.redirect_chain == [("/accounts/login/?next=%2Fpeople%2Fme%2F", 302)]
    assert "signed in elsewhere" in answer.content.decode()
    assert second.get("/people/me/").status_code == 200
    assert set(Session.objects.exclude(ref="").values_list("ended_because", flat=True)) == {"elsewhere", ""}


@pytest.mark.parametrize("language", ["zh-hans", "en"])
def test_ten_failures_lock_a_name_for_half_an_hour(admit: Admit, clock: Clock, language: str) -> None:
    admit("author", "mentor")
    answers = {}
    for name in ("author", "nobody-here"):
        client = browser(language)
        tries = [sign_in_as(name, "wrong password 1", using=client)[1] for _ in range(11)]
        texts = [re.sub(r'value="[^"]*"|csrf[^"]*|"X-CSRFToken[^}]*', "", each.content.decode()) for each in tries]
        assert {each.status_code for each in tries} == {200}
        assert len(set(texts[:10])) == 1
        answers[name] = (texts[9], texts[10])
    assert answers["author"] == answers["nobody-here"]
    assert ("锁定 30 分钟" if language == "zh-hans" else "locked for 30 minutes") in answers["author"][1]
    assert sign_in_as("author")[1].status_code == 200
    assert acts()[-1] == "sign_in.lock"
    clock.forward(minutes=30)
    assert sign_in_as("author")[1].status_code == 302
    assert "author" not in str(list(Tries.objects.values()))


def test_codes_are_not_guessed_either(admit: Admit) -> None:
    admit("lead", "shift_lead")
    first, _ = sign_in_as("lead")
    secret, _ = set_up_totp(first)
    client, _ = sign_in_as("lead")
    for _ in range(10):
        client.post("/accounts/2fa/authenticate/", {"code": "000000"})
    page = client.post("/accounts/2fa/authenticate/", {"code": totp(secret, ahead=1)})
    assert "locked for 30 minutes" in page.content.decode()
    assert acts()[-1] == "sign_in.lock"


def test_idle_and_longest_time(admit: Admit, clock: Clock) -> None:
    admit("author", "mentor")
    client, _ = sign_in_as("author")
    clock.forward(minutes=14)
    client.get("/people/me/")
    clock.forward(minutes=14)
    assert client.get("/people/me/").status_code == 200
    clock.forward(minutes=10)
    client.get("/people/me/", headers={"accept": "text/event-stream"})
    clock.forward(minutes=5)
    page = client.get("/people/me/", follow=True)
    assert "nothing happened for a while" in page.content.decode()
    client, _ = sign_in_as("author")
    for _ in range(51):
        clock.forward(minutes=14)
        assert client.get("/people/me/").status_code == 200
    clock.forward(hours=12, minutes=-51 * 14)
    assert "longest time" in client.get("/people/me/", follow=True).content.decode()


def test_a_session_from_the_future_is_none(admit: Admit, clock: Clock) -> None:
    admit("author", "mentor")
    client, _ = sign_in_as("author")
    clock.forward(minutes=-5)
    assert client.get("/people/me/").status_code == 302
    assert Session.objects.exclude(ref="").get().ended_because == "clock"


@pytest.mark.parametrize("cookie", ["forged", "0" * 32, "../../etc/passwd", "\xff\xfe"])
def test_forged_cookie_is_nobody(cookie: str) -> None:
    client = browser()
    client.cookies["sessionid"] = cookie
    assert client.get("/people/me/").status_code == 302


def test_cross_site_post_is_refused(admit: Admit) -> None:
    admit("author", "mentor")
    strict = Client(enforce_csrf_checks=True)
    assert strict.post("/accounts/login/", {"login": "author", "password": PASSWORD}).status_code == 403
    assert Session.objects.exclude(ref="").count() == 0


@pytest.mark.parametrize(
    "onward",
    [
        "https://evil.example/",
        "//evil.example/",
        "/\\evil.example",
        "javascript:alert(1)",
        "/people/me/\r\nSet-Cookie: a=b",
        "https:///evil.example",
        "http://testserver@evil.example/",
    ],
)
def test_onward_leads_nowhere_else(admit: Admit, onward: str) -> None:
    admit("author", "mentor")
    _, answer = sign_in_as("author", next_=onward)
    assert answer.status_code == 302
    assert "evil" not in answer["Location"]
    assert "javascript" not in answer["Location"]
    assert "\n" not in answer["Location"]
    assert "a" not in answer.cookies


def test_closed_account_looks_like_a_wrong_password(admit: Admit) -> None:
    person = admit("author", "mentor")
    Person.objects.filter(pk=person.pk).update(is_active=False)
    _, answer = sign_in_as("author")
    assert answer.status_code == 200
    assert "is not right" in answer.content.decode()


@pytest.mark.parametrize(
    "path", ["signup/", "password/reset/", "email/", "password/set/", "confirm-email/", "2fa/recovery-codes/download/"]
)
def test_what_is_not_in_use_is_not_there(path: str) -> None:
    assert browser().get(f"/accounts/{path}").status_code == 404


def test_tables_hold_no_secret_and_no_clear_name(admit: Admit) -> None:
    admit("lead", "shift_lead", name="林薇薇")
    client, _ = sign_in_as("lead")
    secret, codes = set_up_totp(client)
    sign_in_as("13800001234@mail.example", "typed by mistake 1")
    found = ""
    with connection.cursor() as cursor:
        for table in connection.introspection.table_names(cursor):
            cursor.execute(f'SELECT * FROM "{table}"')
            found += str(cursor.fetchall())
    cookie = client.cookies["sessionid"].value
    for each in (secret, *codes, PASSWORD, "林薇薇", cookie, "127.0.0.1", "13800001234", "typed by"):
        assert each not in found
    assert Authenticator.objects.count() == 2


def test_password_change_keeps_the_session(admit: Admit) -> None:
    admit("author", "mentor")
    client, _ = sign_in_as("author")
    new = "a much longer sentence"
    form = {"oldpassword": PASSWORD, "password1": new, "password2": new}
    assert (
        client.post("/accounts/password/change/", form | {"password1": "short", "password2": "short"}).status_code
        == 200
    )
    assert client.post("/accounts/password/change/", form).status_code == 302
    assert client.get("/people/me/").status_code == 200
    assert sign_in_as("author")[1].status_code == 200
    assert sign_in_as("author", new)[1].status_code == 302


def test_last_factor_stays_where_roles_ask_for_it(admit: Admit) -> None:
    admit("lead", "shift_lead")
    client, _ = sign_in_as("lead")
    set_up_totp(client)
    page = client.post("/accounts/2fa/totp/deactivate/")
    assert "cannot be removed" in page.content.decode()
    assert Authenticator.objects.filter(type="totp").exists()
