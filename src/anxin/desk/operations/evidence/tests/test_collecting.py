"""Taking in: once, sealed, judged by content; every bad thing is refused or marked, a refusal changes nothing."""

from __future__ import annotations

import hashlib
import io
import struct
import zipfile
from collections.abc import Callable
from dataclasses import replace

import msgspec
import pytest
from django.conf import settings

from anxin.desk.conftest import NIGHT
from anxin.desk.foundation.audit.models import AuditEntry
from anxin.desk.foundation.edge.actor import Actor
from anxin.desk.foundation.edge.refusals import FieldInvalid, NotFound, Refusal
from anxin.desk.foundation.permissions.authority import Forbidden
from anxin.desk.operations.evidence.actions.collecting import NewPiece, collect_evidence
from anxin.desk.operations.evidence.actions.extracts import collect_text
from anxin.desk.operations.evidence.chat import ChatLine, parse_chat
from anxin.desk.operations.evidence.errors import EvidenceEmpty, EvidenceQuotaFull, EvidenceTooLarge
from anxin.desk.operations.evidence.models import CustodyEvent, Evidence, StoredContent
from anxin.desk.operations.evidence.queries import count_originals, get_piece, list_pieces
from anxin.desk.operations.evidence.sniffing import sniff
from anxin.desk.operations.evidence.store.contents import open_content
from anxin.desk.operations.evidence.tests.conftest import CHAT, PHONE, content_file, files_of, picture, row_of
from anxin.desk.operations.incidents.actions.opening import Seen, open_incident
from anxin.desk.operations.incidents.models import Incident, IncidentEvent

pytestmark = pytest.mark.django_db
Collect = Callable[..., str]


def zipped(*files: tuple[str, bytes]) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, body in files:
            archive.writestr(name, body)
    return out.getvalue()


BOMB = zipped(*((f"{n}.bin", bytes(8 << 20)) for n in range(3)))
PROGRAM = b"MZ\x90\0" + bytes(200)
BROKEN = b"\x89PNG\r\n\x1a\n" + struct.pack(">I4sII", 13, b"IHDR", 40, 40) + b"\x08\x02\0\0\0" + b"broken" * 20
HUGE_CLAIM = b"\x89PNG\r\n\x1a\n" + struct.pack(">I4sII", 13, b"IHDR", 90_000, 90_000) + b"\x08\x02\0\0\0"


def test_a_piece_is_kept_sealed_with_its_hash(collect: Collect, incident: Incident, agent: Actor) -> None:
    found = row_of(collect(CHAT.encode(), name=f"{PHONE}.txt", note=f"from {PHONE}", kind="chat"))
    assert found.sha256 == hashlib.sha256(CHAT.encode()).hexdigest()
    assert (found.kind, found.size, found.media_type, found.retention) == (
        "chat",
        len(CHAT.encode()),
        "text/plain",
        "chat",
    )
    assert open_content(StoredContent.objects.get(pk=found.content_id)) == CHAT.encode()
    file = content_file(found.id)
    assert PHONE.encode() not in file.read_bytes()
    assert file.stat().st_mode & 0o777 == 0o400
    assert found.sha256 not in file.name
    (line,) = list_pieces(incident_id=incident.id, by=agent)
    assert PHONE not in line.name + line.note
    assert count_originals(incident.id) == 1


def test_custody_trail_timeline_tell_of_it(collect: Collect, incident: Incident) -> None:
    found = collect()
    (event,) = CustodyEvent.objects.filter(evidence_id=found)
    assert (event.seq, event.act, event.hash_before, event.hash_after) == (1, "ingest", "", row_of(found).sha256)
    assert IncidentEvent.objects.filter(incident=incident, kind="evidence_added").count() == 1
    acts = set(AuditEntry.objects.filter(act__contains="evidence").values_list("act", flat=True))
    assert acts == {"evidence.ingest", "incident.evidence_added"}


def test_the_same_content_is_kept_once(collect: Collect, incident: Incident, agent: Actor, lead: Actor) -> None:
    first = collect()
    before = [(path, path.read_bytes(), path.stat().st_mtime_ns) for path in files_of(agent.organisation_id)]
    again = collect_evidence(NewPiece(CHAT.encode()), incident_id=incident.id, by=lead, at=NIGHT)
    assert (again.evidence_id, again.is_repeated) == (first, True)
    other = open_incident(Seen(kind="phishing"), by=lead, at=NIGHT)
    elsewhere = collect_evidence(NewPiece(CHAT.encode()), incident_id=other.id, by=lead, at=NIGHT)
    assert elsewhere.evidence_id != first
    assert StoredContent.objects.count() == 1
    assert [(path, path.read_bytes(), path.stat().st_mtime_ns) for path in files_of(agent.organisation_id)] == before
    assert [each.act for each in CustodyEvent.objects.filter(evidence_id=first)] == ["ingest", "ingest"]


def test_two_organisations_share_neither_file_nor_name(
    collect: Collect, actor: Callable[..., Actor], other_organisation: object
) -> None:
    collect()
    by = actor("shift_lead", username="elsewhere", to=other_organisation)
    theirs = open_incident(Seen(kind="phishing"), by=by, at=NIGHT)
    collect_evidence(NewPiece(CHAT.encode()), incident_id=theirs.id, by=by, at=NIGHT)
    tokens = set(StoredContent.objects.values_list("token", flat=True))
    assert len(tokens) == 2


@pytest.mark.parametrize(
    ("data", "name", "kind", "marks"),
    [
        (PROGRAM, "invoice.jpg", "program", "executable mismatch"),
        (b"\x7fELF" + bytes(60), "", "program", "executable"),
        (b"#!/bin/sh\nrm -rf /", "a.txt", "program", "executable mismatch"),
        (BOMB, "photos.zip", "archive", "archive_bomb"),
        (zipped(("a.txt", b"x")), "a.zip", "archive", ""),
        (zipped(("AndroidManifest.xml", b"x"), ("classes.dex", b"y")), "a.zip", "program", "executable mismatch"),
        (zipped(("word/document.xml", b"x")), "a.docx", "document", ""),
        (b"PK\x03\x04" + b"cut short", "a.zip", "archive", ""),
        (b"<html><script>alert(1)</script>", "a.html", "document", "active"),
        (b"  <svg onload=alert(1)>", "a.png", "document", "active mismatch"),
        (b"%PDF-1.7 ...", "a.pdf", "document", "active"),
        (BROKEN, "a.png", "picture", "picture_unread"),
        (HUGE_CLAIM, "a.png", "picture", "picture_unread"),
        ("微信记录".encode("gb18030"), "a.txt", "text", ""),
        ("a\r\nb".encode("utf-16"), "a.txt", "text", ""),
        (b"\x00\x01\x02" * 9, "a.bin", "other", ""),
        (b"#!AMR\n" + bytes(30), "a.amr", "audio", ""),
    ],
)
def test_what_it_is_is_judged_by_content(collect: Collect, data: bytes, name: str, kind: str, marks: str) -> None:
    found = row_of(collect(data, name=name, claimed_type="image/jpeg"))
    assert (found.kind, found.marks, found.claimed_type) == (kind, marks, "image/jpeg")
    assert not StoredContent.objects.get(pk=found.content_id).is_shown


def test_a_picture_gets_previews_under_the_same_key(collect: Collect, agent: Actor) -> None:
    found = row_of(collect(picture(640, 480), name="a.png"))
    content = StoredContent.objects.get(pk=found.content_id)
    assert (content.is_shown, content.width, content.height, found.marks) == (True, 640, 480, "")
    assert len(files_of(agent.organisation_id)) == 3
    assert open_content(content, "blurred")[:3] == open_content(content, "clear")[:3] == b"\xff\xd8\xff"


def limit(monkeypatch: pytest.MonkeyPatch, **more: int) -> None:
    monkeypatch.setattr(settings, "ANXIN", msgspec.structs.replace(settings.ANXIN, **more))


@pytest.mark.parametrize(
    ("data", "more", "refusal"),
    [
        (b"", {}, EvidenceEmpty),
        (b"x" * 1001, {}, EvidenceTooLarge),
        (b"x" * 900, {"source": "nobody"}, FieldInvalid),
        (b"x" * 900, {"retention": "for_ever"}, FieldInvalid),
        (b"y" * 900, {}, EvidenceQuotaFull),
    ],
)
def test_refusals_change_nothing(
    collect: Collect,
    agent: Actor,
    monkeypatch: pytest.MonkeyPatch,
    data: bytes,
    more: dict[str, str],
    refusal: type[Refusal],
) -> None:
    limit(monkeypatch, evidence_bytes=1000, evidence_incident_bytes=1800)
    collect(b"z" * 1000)
    before = (Evidence.objects.count(), files_of(agent.organisation_id), AuditEntry.objects.count())
    with pytest.raises(refusal):
        collect(data, **more)
    assert (Evidence.objects.count(), files_of(agent.organisation_id), AuditEntry.objects.count()) == before


def test_who_may_not(collect: Collect, incident: Incident, actor: Callable[..., Actor], lead: Actor) -> None:
    auditor = actor("auditor")
    with pytest.raises(Forbidden):
        collect(by=auditor)
    with pytest.raises(NotFound):
        collect(by=replace(lead, sites=frozenset({"site_elsewhere"})))
    assert Evidence.objects.count() == 0
    assert list_pieces(incident_id=incident.id, by=auditor) == ()


def test_pasted_text_is_kept_raw_and_read_as_chat(incident: Incident, agent: Actor) -> None:
    made = collect_text(
        CHAT + "\r\n ", is_chat=True, source="customer", claimed_at=NIGHT, incident_id=incident.id, by=agent, at=NIGHT
    )
    view = get_piece(evidence_id=made.evidence_id, by=agent)
    assert view.line.sha256 == hashlib.sha256((CHAT + "\r\n ").encode()).hexdigest()
    assert (view.line.kind, view.line.claimed_at) == ("chat", NIGHT)
    with pytest.raises(EvidenceEmpty):
        collect_text(
            " \n", is_chat=False, source="customer", claimed_at=None, incident_id=incident.id, by=agent, at=NIGHT
        )


@pytest.mark.parametrize(
    ("text", "lines"),
    [
        ("张三 2026-11-21 03:10:22\n你好", [("张三", "2026-11-21 03:10:22", "你好")]),
        ("[03:11, 21/11/2026] Li Wei: hello", [("Li Wei", "03:11, 21/11/2026", "hello")]),
        ("[2026/11/21 03:11] 客服: 您好\n请稍等", [("客服", "2026/11/21 03:11", "您好\n请稍等")]),
        ("2026-11-21 03:12 - 张三: 验证码", [("张三", "2026-11-21 03:12", "验证码")]),
        ("张三：收到\n李四：好", [("张三", "", "收到"), ("李四", "", "好")]),
        ("https://a.example/x\nplain", [("", "", "https://a.example/x\nplain")]),
        ("", []),
    ],
)
def test_chats_are_read_line_by_line(text: str, lines: list[tuple[str, str, str]]) -> None:
    assert parse_chat(text) == tuple(ChatLine(*each) for each in lines)


def test_an_endless_chat_line_costs_no_more_than_its_length() -> None:
    assert len(parse_chat("a " * 100_000)) == 1
    assert len(parse_chat("\n".join(f"x: {n}" for n in range(10_000)))) == 2_000


def test_an_archive_is_listed_never_unpacked() -> None:
    found = sniff(BOMB, name="a.zip").archive
    assert found is not None
    assert (found.count, found.unpacked, found.is_bomb, found.is_whole) == (3, 24 << 20, True, True)
    assert [each.name for each in found.entries] == ["0.bin", "1.bin", "2.bin"]
