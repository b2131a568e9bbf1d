"""Packs: the same contents make the same bytes, any changed byte is found, originals need a second person."""

from __future__ import annotations

import io
import json
import subprocess
import sys
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from hypothesis import given, settings
from hypothesis import strategies as st

from anxin.desk.conftest import NIGHT
from anxin.desk.foundation.approvals.actions import approve
from anxin.desk.foundation.edge.actor import Actor
from anxin.desk.foundation.edge.refusals import NotFound
from anxin.desk.foundation.permissions.authority import Forbidden
from anxin.desk.operations.evidence.actions.exporting import (
    PackOrder,
    ask_for_originals,
    download_pack,
    export_pack,
    sealer,
)
from anxin.desk.operations.evidence.actions.redacting import redact_evidence
from anxin.desk.operations.evidence.errors import NothingToPack, PackTooLarge, PurposeMissing, SecondPersonFirst
from anxin.desk.operations.evidence.models import CustodyEvent, EvidencePack, PackPermit
from anxin.desk.operations.evidence.pack import verify_pack
from anxin.desk.operations.evidence.pack.contents import PackContents, PackedPiece, Sealer, build_pack
from anxin.desk.operations.evidence.pack.summary import write_summary
from anxin.desk.operations.evidence.pack.verify_pack import Broken, is_signed, json_bytes, verify, zip_bytes
from anxin.desk.operations.evidence.tests.conftest import CHAT, PHONE, row_of
from anxin.desk.operations.evidence.tests.test_collecting import limit
from anxin.desk.operations.incidents.models import Incident, IncidentEvent

Collect = Callable[..., str]
KEY = Ed25519PrivateKey.from_private_bytes(bytes(range(32)))
PUBLIC = KEY.public_key().public_bytes(Encoding.Raw, PublicFormat.Raw)
SEALER = Sealer(PUBLIC, KEY.sign)
ENTRY = {
    "sha256": "00" * 32,
    "size": 5,
    "media_type": "text/plain",
    "kind": "chat",
    "source": "customer",
    "collected_at": "2026-11-21T19:10:00.000+00:00",
    "collected_by": "agent",
}


def contents(data: bytes = b"hello") -> PackContents:
    columns: list[object] = [verify_pack.START, "evd_1", 1, "2026-11-21T19:10:00", "ingest"]
    link = {"columns": columns, "hash": verify_pack.link_hash(columns)}
    about = {
        "incident": "7 (inc_1)",
        "kind": "phishing",
        "purpose": "hand_over",
        "made_by": "夜班 <b> & 组长",
        "with_originals": True,
    }
    return PackContents(about, [PackedPiece("evd_1", ENTRY, [link], "txt", data)], [{"seq": 1, "event": "start"}])


SMALL = build_pack(contents(), sealer=SEALER)


def test_the_same_contents_make_the_same_bytes() -> None:
    assert build_pack(contents(), sealer=SEALER) == SMALL
    whole = [build_pack(contents(), sealer=SEALER, summary=write_summary) for _ in range(2)]
    assert whole[0] == whole[1]
    assert verify(whole[0], PUBLIC.hex())["purpose"] == "hand_over"


def test_the_signature_is_that_of_others() -> None:
    for statement in (b"", b"a", bytes(1000)):
        signature = KEY.sign(statement)
        assert is_signed(statement, signature, PUBLIC)
        assert not is_signed(statement + b"x", signature, PUBLIC)
        beyond = int.from_bytes(signature[32:], "little") + verify_pack.ORDER
        if beyond < 1 << 256:
            assert not is_signed(statement, signature[:32] + beyond.to_bytes(32, "little"), PUBLIC)


def breaks(body: bytes) -> bool:
    try:
        verify(body)
    except Broken:
        return True
    return False


def test_each_changed_byte_is_found() -> None:
    """Every byte of headers, manifest, signature and custody; of the verifier, which is long, each thirty-first."""
    where = SMALL.index(b'"""Verify an evidence pack'), SMALL.index(b"sys.exit(main(sys.argv[1:]))\n")
    places = [n for n in range(len(SMALL)) if not where[0] < n < where[1] or n % 31 == 0]
    unseen = [n for n in places if not breaks(SMALL[:n] + bytes([SMALL[n] ^ (1 << n % 8)]) + SMALL[n + 1 :])]
    assert unseen == []


@given(st.data())
@settings(max_examples=80, deadline=None)
def test_bytes_put_in_or_taken_out_are_found(data: st.DataObject) -> None:
    place = data.draw(st.integers(0, len(SMALL) - 1))
    more = data.draw(st.binary(min_size=1, max_size=9))
    assert breaks(SMALL[:place] + more + SMALL[place:])
    assert breaks(SMALL[:place] + SMALL[place + len(more) :])


def parts() -> dict[str, bytes]:
    with zipfile.ZipFile(io.BytesIO(SMALL)) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def forged(**changed: bytes) -> bytes:
    files = parts()
    for name, body in changed.items():
        files[next(each for each in files if each.startswith(name))] = body
    return zip_bytes(files)


def test_well_made_forgeries_are_found() -> None:
    files = parts()
    other = Ed25519PrivateKey.from_private_bytes(bytes(range(1, 33)))
    theirs = Sealer(other.public_key().public_bytes(Encoding.Raw, PublicFormat.Raw), other.sign)
    manifest = files["manifest.json"].replace(b"hand_over", b"handle_it")
    for body in (
        forged(files=b"hell0"),
        forged(manifest=manifest),
        forged(custody=files["custody/evd_1.json"].replace(b"ingest", b"export")),
        zip_bytes({**files, "more.txt": b""}),
        zip_bytes({name: each for name, each in files.items() if name != "verify.py"}),
        b"",
        b"PK\x05\x06" + bytes(18),
    ):
        assert breaks(body)
    swapped = build_pack(contents(), sealer=theirs)
    assert verify(swapped)
    with pytest.raises(Broken, match="another key"):
        verify(swapped, PUBLIC.hex())


def test_a_custody_that_does_not_hold_is_found_though_it_is_signed() -> None:
    good = contents()
    piece = PackedPiece("evd_1", ENTRY, [{"columns": [verify_pack.START, "evd_1", 2], "hash": "x"}], "txt", b"")
    with pytest.raises(Broken, match="gap"):
        verify(build_pack(PackContents(good.about, [piece], ()), sealer=SEALER))


def test_the_verifier_runs_alone(tmp_path: Path) -> None:
    (tmp_path / "pack.zip").write_bytes(SMALL)
    (tmp_path / "bad.zip").write_bytes(SMALL.replace(b"hello", b"hellO"))
    with zipfile.ZipFile(tmp_path / "pack.zip") as archive:
        archive.extract("verify.py", tmp_path)

    def run(*arguments: str) -> tuple[int, str]:
        command = [sys.executable, "-I", "-S", str(tmp_path / "verify.py"), *arguments]
        done = subprocess.run(command, capture_output=True, text=True, check=False, cwd=tmp_path)
        return done.returncode, done.stdout

    assert run("pack.zip")[0] == 0
    assert "HOLDS: 1 pieces" in run("pack.zip", "--public-key", PUBLIC.hex())[1]
    assert run("bad.zip")[0] == 3
    assert run("pack.zip", "--public-key", "00" * 32)[0] == 3
    assert run()[0] == 2


@pytest.mark.django_db
def test_redacted_copies_leave_by_default(collect: Collect, incident: Incident, lead: Actor) -> None:
    piece = collect()
    order = PackOrder(purpose="hand_over", recipient="市局 李警官")
    with pytest.raises(NothingToPack):
        export_pack(order, incident_id=incident.id, by=lead, at=NIGHT)
    copy = redact_evidence(evidence_id=piece, by=lead, at=NIGHT).evidence_id
    made = export_pack(order, incident_id=incident.id, by=lead, at=NIGHT)
    row, body = download_pack(pack_id=made.id, by=lead, at=NIGHT)
    manifest = verify(body, sealer().public_key.hex())
    assert (row.sha256, row.pieces, row.with_originals) == (made.sha256, 1, False)
    assert PHONE.encode() not in body
    assert "李警官".encode() not in body
    files = {each["id"]: each["file"] for each in manifest["pieces"]}  # type: ignore[attr-defined]
    assert files == {piece: None, copy: f"files/{copy}.txt"}
    custody = json.loads(zipfile.ZipFile(io.BytesIO(body)).read(f"custody/{piece}.json"))
    assert [each["columns"][4] for each in custody] == ["ingest", "redact"]
    assert [each.act for each in CustodyEvent.objects.filter(evidence_id=copy)] == ["ingest", "export"]
    assert IncidentEvent.objects.filter(incident=incident, kind="evidence_exported").count() == 1


@pytest.mark.django_db
def test_originals_need_a_second_person_once(
    collect: Collect, incident: Incident, lead: Actor, compliance: Actor
) -> None:
    piece = collect()
    order = PackOrder(purpose="hand_over", with_originals=True)
    with pytest.raises(SecondPersonFirst):
        export_pack(order, incident_id=incident.id, by=lead, at=NIGHT)
    asked = ask_for_originals(incident_id=incident.id, reason="police", by=lead, at=NIGHT)
    approve(approval_id=asked, by=compliance, at=NIGHT)
    made = export_pack(order, incident_id=incident.id, by=lead, at=NIGHT)
    assert CHAT.encode() in download_pack(pack_id=made.id, by=lead, at=NIGHT)[1]
    assert CustodyEvent.objects.filter(evidence_id=piece).latest("seq").act == "transfer"
    with pytest.raises(SecondPersonFirst):
        export_pack(order, incident_id=incident.id, by=lead, at=NIGHT)
    with pytest.raises(NotFound):
        download_pack(pack_id=made.id, by=compliance, at=NIGHT)
    assert PackPermit.objects.get().used_at == NIGHT


@pytest.mark.django_db
def test_exports_refused_leave_no_trace(
    collect: Collect, incident: Incident, agent: Actor, lead: Actor, monkeypatch: pytest.MonkeyPatch
) -> None:
    piece = collect()
    redact_evidence(evidence_id=piece, by=lead, at=NIGHT)
    before = row_of(piece).custody_seq
    limit(monkeypatch, evidence_pack_bytes=10)
    for by, purpose, refusal in (
        (agent, "hand_over", Forbidden),
        (lead, "", PurposeMissing),
        (lead, "hand_over", PackTooLarge),
    ):
        with pytest.raises(refusal):
            export_pack(PackOrder(purpose=purpose), incident_id=incident.id, by=by, at=NIGHT)
    assert EvidencePack.objects.count() == 0
    assert row_of(piece).custody_seq == before


def test_json_is_written_one_way() -> None:
    assert json_bytes({"b": 1, "a": "证"}) == '{\n "a": "证",\n "b": 1\n}\n'.encode()
