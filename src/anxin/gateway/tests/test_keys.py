import fcntl
import hashlib
import os
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from anxin.gateway.keys import KeyBook, KeysUnreadable, require_scope, spend
from anxin.gateway.problems import RateExceeded, ScopeMissing, Unauthorised

NOW = 1_700_000_000_000
HOME = "127.0.0.1"


class Clock:
    now = NOW

    def __call__(self) -> int:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def book(tmp_path: Path, clock: Clock) -> KeyBook:
    return KeyBook(tmp_path / "keys.json", clock=clock)


def bearer(key: str) -> bytes:
    return b"Bearer " + key.encode()


def test_an_issued_key_is_admitted_to_its_organisation(book: KeyBook) -> None:
    key = book.issue(organisation="shop", scopes=("decide",))
    assert book.admit(bearer(key), address=HOME).key.organisation == "shop"


def test_only_the_hash_is_stored_and_only_for_the_owner(book: KeyBook, tmp_path: Path) -> None:
    secret = book.issue(organisation="shop", scopes=("decide",)).split("_")[2]
    stored = (tmp_path / "keys.json").read_text()
    assert secret not in stored
    assert hashlib.sha256(secret.encode()).hexdigest() in stored
    assert (tmp_path / "keys.json").stat().st_mode & 0o777 == 0o600


@pytest.mark.parametrize(
    "spoil",
    [
        lambda key: b"",
        lambda key: key.encode(),
        lambda key: b"Basic " + key.encode(),
        lambda key: bearer(key)[:-1],
        lambda key: bearer(key) + b"0",
        lambda key: bearer(key.replace("ax_", "ax_f", 1)),
        lambda key: bearer("ax__"),
        lambda key: bearer(key).upper(),
    ],
)
def test_a_spoilt_key_is_refused(book: KeyBook, spoil: object) -> None:
    key = book.issue(organisation="shop", scopes=("decide",))
    with pytest.raises(Unauthorised):
        book.admit(spoil(key), address=HOME)


def test_revoked_expired_and_misplaced_keys_are_refused_alike(book: KeyBook, clock: Clock) -> None:
    revoked = book.issue(organisation="shop", scopes=("decide",))
    expired = book.issue(organisation="shop", scopes=("decide",), expires_at=NOW + 1)
    misplaced = book.issue(organisation="shop", scopes=("decide",), networks=("10.0.0.0/8",))
    book.revoke(revoked.split("_")[1])
    clock.now += 1
    sentences = set()
    for key in (revoked, expired, misplaced, "ax_000000000000_" + "0" * 64):
        with pytest.raises(Unauthorised) as refusal:
            book.admit(bearer(key), address=HOME)
        sentences.add((refusal.value.code, refusal.value.sentence("en"), str(refusal.value.details)))
    assert len(sentences) == 1


def test_an_address_inside_the_networks_is_admitted(book: KeyBook) -> None:
    key = book.issue(organisation="shop", scopes=("decide",), networks=("10.0.0.0/8", "2001:db8::/32"))
    assert book.admit(bearer(key), address="10.1.2.3")
    assert book.admit(bearer(key), address="2001:db8::7")


@pytest.mark.parametrize("address", ["", "unknown", "11.0.0.1", "::ffff:11.0.0.1"])
def test_an_address_that_is_unknown_or_elsewhere_is_refused(book: KeyBook, address: str) -> None:
    key = book.issue(organisation="shop", scopes=("decide",), networks=("10.0.0.0/8",))
    with pytest.raises(Unauthorised):
        book.admit(bearer(key), address=address)
    assert book.admit(bearer(key), address="::ffff:10.0.0.1")


def test_a_missing_scope_is_told(book: KeyBook) -> None:
    caller = book.admit(bearer(book.issue(organisation="shop", scopes=("read",))), address=HOME)
    require_scope(caller, "read")
    with pytest.raises(ScopeMissing):
        require_scope(caller, "decide")


def test_a_used_up_rate_says_when_to_return(book: KeyBook) -> None:
    caller = book.admit(bearer(book.issue(organisation="shop", scopes=("read",), rate=1, burst=2)), address=HOME)
    spend(caller, 2)
    with pytest.raises(RateExceeded) as refusal:
        spend(caller, 2)
    assert refusal.value.retry_after == 2


def test_another_process_may_change_the_file(tmp_path: Path, clock: Clock) -> None:
    ours, theirs = (KeyBook(tmp_path / "keys.json", clock=clock) for _ in range(2))
    key = ours.issue(organisation="shop", scopes=("decide",), rate=1, burst=2)
    spend(ours.admit(bearer(key), address=HOME), 2)
    other = theirs.issue(organisation="stall", scopes=("decide",))
    assert ours.refresh() is True
    assert ours.refresh() is False
    assert ours.admit(bearer(other), address=HOME).key.organisation == "stall"
    with pytest.raises(RateExceeded):
        spend(ours.admit(bearer(key), address=HOME), 1)
    theirs.revoke(key.split("_")[1])
    ours.refresh()
    with pytest.raises(Unauthorised):
        ours.admit(bearer(key), address=HOME)


@pytest.mark.parametrize(
    ("content", "zh"),
    [
        (b"[", "内容或其中的转义不完整"),
        (b'[{"key_id": 1}]', "字段 0.key_id：应为文本，而不是整数"),
        (b"\xff", "这里的字符不合 JSON 语法（第 1 个字节附近）"),
        (b'[{"key_id":"a","organisation":"b"}]', "缺少必填字段"),
    ],
)
def test_a_damaged_file_leaves_the_known_keys_good(book: KeyBook, tmp_path: Path, content: bytes, zh: str) -> None:
    key = book.issue(organisation="shop", scopes=("decide",))
    (tmp_path / "keys.json").write_bytes(content)
    with pytest.raises(KeysUnreadable) as refused:
        book.refresh()
    assert refused.value.sentence("zh").startswith(f"密钥文件无法读取：{zh}")
    assert book.admit(bearer(key), address=HOME)
    assert book.refresh() is False


def test_a_caller_is_only_current_as_long_as_its_key(book: KeyBook, clock: Clock) -> None:
    key = book.issue(organisation="shop", scopes=("decide",), expires_at=NOW + 10)
    caller = book.admit(bearer(key), address=HOME)
    assert book.is_still_admitted(caller)
    clock.now += 10
    assert not book.is_still_admitted(caller)
    other = book.admit(bearer(book.issue(organisation="shop", scopes=("decide",))), address=HOME)
    book.revoke(other.key.key_id)
    assert not book.is_still_admitted(other)


def test_who_changes_the_keys_is_alone(tmp_path: Path, clock: Clock, monkeypatch: pytest.MonkeyPatch) -> None:
    ours, theirs = (KeyBook(tmp_path / "keys.json", clock=clock) for _ in range(2))
    sync, started = os.fsync, []

    def sync_beside_another(descriptor: int) -> None:
        monkeypatch.setattr(os, "fsync", sync)
        with (tmp_path / "keys.lock").open("w") as lock, pytest.raises(BlockingIOError):
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        started.append(pool.submit(theirs.issue, organisation="theirs", scopes=("decide",)))
        sync(descriptor)

    monkeypatch.setattr(os, "fsync", sync_beside_another)
    with ThreadPoolExecutor(1) as pool:
        key = ours.issue(organisation="ours", scopes=("decide",))
        started[0].result()
    ours.refresh()
    assert [each.organisation for each in ours.list_keys()] == ["ours", "theirs"]
    assert ours.admit(bearer(key), address=HOME).key.organisation == "ours"
