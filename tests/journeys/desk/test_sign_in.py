"""The way in, in a real browser: password and code, recovery code, passkey, lock-out, one session a person."""

from __future__ import annotations

import base64
import hmac
import itertools
import re
import struct
import time
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from tests.journeys.desk.found import PASSWORD
from tests.journeys.desk.languages import violations_in_both
from tests.journeys.desk.looking import overflows, violations
from tests.journeys.desk.pressing import reach
from tests.journeys.desk.running import RunningDesk
from tests.journeys.desk.tabs import PHONE

Open = Callable[..., Page]
Newcomer = Callable[[str], str]
HOME = re.compile(r"^http://localhost:\d+/(#main)?$")
_numbers = itertools.count(1)


@pytest.fixture
def newcomer(desk: RunningDesk) -> Newcomer:
    """Admit somebody new with a role and no second factor; return the sign-in name."""

    def admit(role: str) -> str:
        username = f"newcomer{next(_numbers)}"
        desk.run("tests.journeys.desk.admit", username, role)
        return username

    return admit


def code_of(secret: str) -> str:
    """What an authenticator app shows at this moment (RFC 6238)."""
    digest = hmac.digest(base64.b32decode(secret), struct.pack(">Q", int(time.time()) // 30), "sha1")
    start = digest[-1] & 15
    return f"{(struct.unpack('>I', digest[start : start + 4])[0] & 0x7FFFFFFF) % 1_000_000:06d}"


def type_sign_in(page: Page, username: str, password: str = PASSWORD) -> None:
    """Sign in by keyboard: the name's field has the focus, Tab leads to the password, Enter sends it."""
    expect(page.locator("[name=login]")).to_be_focused()
    page.keyboard.press("Control+a")
    page.keyboard.type(username)
    page.keyboard.press("Tab")
    page.keyboard.type(password)
    with page.expect_navigation():
        page.keyboard.press("Enter")


def sign_out(page: Page) -> None:
    page.goto("/accounts/logout/")
    page.locator("main button[type=submit]").first.click()
    page.wait_for_url("**/accounts/login/")


def test_lead_sets_up_a_factor_and_signs_in_with_it_by_keyboard(open_page: Open, newcomer: Newcomer) -> None:
    username = newcomer("shift_lead")
    page = open_page("/accounts/login/?next=/people/me/", role=None, language="zh")
    type_sign_in(page, username)
    page.wait_for_url("**/accounts/2fa/")
    assert violations_in_both(page) == []
    reach(page, "#add-totp")
    page.keyboard.press("Enter")
    page.wait_for_url("**/totp/activate/")
    assert violations_in_both(page) == []
    secret = page.inner_text("#totp-secret")
    reach(page, "[name=code]")
    page.keyboard.type(code_of(secret))
    page.keyboard.press("Enter")
    page.wait_for_url("**/recovery-codes/**")
    assert page.get_attribute("html", "lang") == "zh-Hans"
    codes = page.locator("#codes code").all_inner_texts()
    assert (len(codes), min(map(len, codes)) > 4) == (10, True)
    assert violations_in_both(page) == []
    assert set(page.locator("#codes code").all_inner_texts()) == {"****"}
    reach(page, "#done")
    page.keyboard.press("Enter")
    page.wait_for_url(HOME)
    for second in (code_of(secret), codes[3]):
        sign_out(page)
        type_sign_in(page, username)
        page.wait_for_url("**/2fa/authenticate/")
        assert violations_in_both(page) == []
        reach(page, "[name=code]")
        page.keyboard.type(second)
        page.keyboard.press("Enter")
        page.wait_for_url(HOME)


def test_passkey_signs_in_without_name_and_password(open_page: Open, newcomer: Newcomer) -> None:
    username = newcomer("shift_lead")
    page = open_page("/accounts/login/", role=None, language="zh", is_kept=False)
    give_authenticator(page)
    type_sign_in(page, username)
    page.wait_for_url("**/accounts/2fa/")
    page.click("#add-passkey")
    page.wait_for_url("**/webauthn/add/")
    assert violations_in_both(page) == []
    reach(page, "#mfa_webauthn_add")
    page.keyboard.press("Enter")
    page.wait_for_url("**/recovery-codes/**")
    # Shown once: in Chinese above, in English here.
    assert page.get_attribute("html", "lang") == "en"
    assert violations(page) == []
    page.click("#done")
    page.wait_for_url(HOME)
    sign_out(page)
    reach(page, "#passkey_login")
    page.keyboard.press("Enter")
    page.wait_for_url(HOME)
    page.goto("/accounts/sessions/")
    assert username in page.inner_text("main")
    assert violations_in_both(page) == []


def test_passkey_as_second_factor_and_to_confirm_again(open_page: Open, newcomer: Newcomer) -> None:
    username = newcomer("administrator")
    page = open_page("/accounts/login/", role=None, language="en", is_kept=False)
    give_authenticator(page)
    type_sign_in(page, username)
    page.click("#add-passkey")
    page.click("#mfa_webauthn_add")
    page.wait_for_url("**/recovery-codes/**")
    sign_out(page)
    type_sign_in(page, username)
    page.wait_for_url("**/2fa/authenticate/")
    page.click("#mfa_webauthn_authenticate")
    page.wait_for_url(HOME)
    page.goto("/accounts/2fa/webauthn/reauthenticate/?next=/people/")
    assert violations(page) == []
    page.click("#mfa_webauthn_reauthenticate")
    page.wait_for_url(re.compile(r"^http://localhost:\d+/people/$"))
    assert violations(page) == []


def test_without_a_passkey_it_is_said(open_page: Open) -> None:
    page = open_page("/accounts/login/", role=None, language="en", is_kept=False)
    give_authenticator(page)
    page.click("#passkey_login")
    expect(page.locator("#passkey_error")).to_be_visible()
    assert violations(page) == []


def test_guessing_is_locked(desk: RunningDesk, open_page: Open, newcomer: Newcomer) -> None:
    username = newcomer("mentor")
    page = open_page("/accounts/login/", role=None, language="zh")
    for _ in range(10):
        type_sign_in(page, username, "not the password")
    for language, said in (("zh", "已锁定 30 分钟"), ("en", "locked for 30 minutes")):
        page.context.add_cookies([{"name": "django_language", "value": language, "url": desk.url}])
        type_sign_in(page, username)
        assert said in page.inner_text("main [role=alert] >> nth=0")
        assert violations(page) == []


def test_second_sign_in_ends_the_first(open_page: Open, newcomer: Newcomer) -> None:
    username = newcomer("mentor")
    first = open_page("/accounts/login/", role=None, language="zh")
    type_sign_in(first, username)
    first.wait_for_url(HOME)
    second = open_page("/accounts/login/", role=None, language="en")
    type_sign_in(second, username)
    second.wait_for_url(HOME)
    assert "session of yours elsewhere was ended" in second.content()
    first.goto("/people/me/")
    assert "另一台设备登录" in first.inner_text("main")
    assert violations(first) == []


HOUSE = ["/people/", "/people/me/", "/people/invite/", "/people/settings/", "/people/sites/"]
ON_A_PHONE = ["/approvals/", "/service-accounts/", "/people/departments/", "/accounts/2fa/"]


@pytest.mark.parametrize("language", ["zh", "en"])
def test_pages_of_the_house(open_page: Open, language: str) -> None:
    page = open_page("/", role="administrator", language=language)
    assert {path: seen for path in HOUSE if (seen := look_at(page, path)) != ([], False)} == {}


def test_pages_of_the_house_on_a_phone(open_page: Open) -> None:
    page = open_page("/", role="administrator", size=PHONE, theme="dark")
    assert {path: seen for path in ON_A_PHONE if (seen := look_at(page, path)) != ([], False)} == {}


def look_at(page: Page, path: str) -> tuple[list[str], bool]:
    """Go there; return what axe finds wrong, and whether it runs out of the screen."""
    page.goto(path)
    return violations(page), overflows(page)


def give_authenticator(page: Page) -> None:
    """Put a platform authenticator into the browser that verifies its user at once."""
    session = page.context.new_cdp_session(page)
    session.send("WebAuthn.enable")
    options = {
        "protocol": "ctap2",
        "transport": "internal",
        "hasResidentKey": True,
        "hasUserVerification": True,
        "isUserVerified": True,
        "automaticPresenceSimulation": True,
    }
    session.send("WebAuthn.addVirtualAuthenticator", {"options": options})


@pytest.mark.parametrize("language", ["zh", "en"])
def test_invited_colleague_comes_in_by_the_link(desk: RunningDesk, open_page: Open, language: str) -> None:
    username = f"guest{next(_numbers)}"
    inviting = open_page("/people/invite/", role="administrator", language=language)
    inviting.fill("[name=username]", username)
    inviting.fill("[name=name]", "陈兰")
    inviting.check("[name=roles][value=mentor]")
    inviting.click("#invite")
    link = inviting.input_value("#link")
    assert violations(inviting) == []
    desk.run("tests.journeys.desk.agree", f"second{next(_numbers)}")
    page = open_page(link, role=None, language=language)
    assert username in page.inner_text("h1")
    assert violations(page) == []
    for field in ("password1", "password2"):
        reach(page, f"[name={field}]")
        page.keyboard.type("a much longer sentence")
    with page.expect_navigation():
        page.keyboard.press("Enter")
    assert "/accounts/2fa/" in page.url
    page.goto("/people/me/")
    assert violations(page) == []
