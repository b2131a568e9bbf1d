"""Propose a change of the library, publish it once a second person said yes, and count how signatures do."""

from __future__ import annotations

import json
from collections.abc import Iterable
from datetime import datetime, timedelta

import msgspec
from django.db import transaction
from django.db.models import F

from anxin.checkers.signatures.corrections import CorrectionWord
from anxin.checkers.signatures.errors import SignatureRefused
from anxin.checkers.signatures.exchange import export_indicators, import_indicators
from anxin.checkers.signatures.feeds import FeedTerms, Proposal, propose, review_order
from anxin.checkers.signatures.reading import parse_order, placed, read_signatures
from anxin.checkers.signatures.signature import PublishSignatures
from anxin.desk.foundation.approvals.actions import request_approval
from anxin.desk.foundation.approvals.acts import ApprovedAct
from anxin.desk.foundation.audit.actions import Detail, lock_head, record_entry
from anxin.desk.foundation.control.actions import order_gateway
from anxin.desk.foundation.edge.actor import Actor, Grade, system_actor
from anxin.desk.foundation.edge.ids import new_id
from anxin.desk.foundation.edge.refusals import NotFound
from anxin.desk.foundation.organisations.models import Organisation
from anxin.desk.foundation.permissions.authority import require
from anxin.desk.foundation.vault.sealing import seal, unseal
from anxin.desk.operations.intelligence.errors import proposal_refused
from anxin.desk.operations.intelligence.library import PUBLISH, library_of
from anxin.desk.operations.intelligence.models import ProposalState, SignatureProposal, SignatureTally

PERMISSION = "list.put"
ACT = "signatures.publish"
OBJECT = "signature_set"
WAIT = timedelta(days=7)
_COLUMNS: dict[CorrectionWord, str] = {
    "false_positive": "false_positives",
    "missed": "missed",
    "confirmed": "confirmed",
}


def review_signatures(*, text: str, by: Actor, at: datetime) -> Proposal:
    """Return what publishing a file of signatures would change; raise Forbidden, ProposalRefused."""
    require(by, PERMISSION, at_least=Grade.REQUEST)
    library = library_of(by.organisation_id, at=at)
    try:
        file = read_signatures(text)
        order = PublishSignatures(file.set, file.version, put=file.signatures)
        try:
            return review_order(order, library.book, phone_key=library.secrets.phone_key)
        except SignatureRefused as refused:
            raise placed(refused, text, file.signatures) from None
    except SignatureRefused as refused:
        raise proposal_refused(refused) from None


def review_feed(*, text: str, terms: FeedTerms, by: Actor, at: datetime) -> Proposal:
    """Return what taking in a feed would change; raise Forbidden, ProposalRefused when it lies, shrinks or is empty."""
    require(by, PERMISSION, at_least=Grade.REQUEST)
    library = library_of(by.organisation_id, at=at)
    try:
        return propose(text, terms, library.book, phone_key=library.secrets.phone_key)
    except SignatureRefused as refused:
        raise proposal_refused(refused) from None


def review_indicators(*, text: str, terms: FeedTerms, by: Actor, at: datetime) -> Proposal:
    """Return what taking in another platform's indicators would change; raise Forbidden, ProposalRefused."""
    require(by, PERMISSION, at_least=Grade.REQUEST)
    library = library_of(by.organisation_id, at=at)
    try:
        order = import_indicators(text, owner=terms.owner, source=terms.source, day=terms.day, version=terms.version)
        return review_order(order, library.book, phone_key=library.secrets.phone_key)
    except SignatureRefused as refused:
        raise proposal_refused(refused) from None


@transaction.atomic
def propose_publication(*, proposal: Proposal, by: Actor, at: datetime) -> SignatureProposal:
    """Keep a reviewed proposal and ask for its second person; raise Forbidden, AlreadyAsked."""
    require(by, PERMISSION, at_least=Grade.REQUEST)
    lock_head(by.organisation_id)
    order = proposal.order
    row = SignatureProposal(
        id=new_id("sgp", at=at),
        organisation_id=by.organisation_id,
        set_name=order.set,
        set_version=order.version,
        added=proposal.added,
        dropped=proposal.dropped,
        kept=proposal.kept,
        proposed_by=by.label,
        proposed_at=at,
    )
    row.order_sealed = seal(by.organisation_id, msgspec.json.encode(order).decode(), about=_about(row.id), at=at)
    row.save(force_insert=True)
    counted: dict[str, Detail] = {"version": order.version, "added": row.added, "dropped": row.dropped}
    record_entry("signatures.propose", by=by, at=at, on=(OBJECT, order.set), details=counted)
    arguments = {"proposal": row.id, **counted}
    request_approval(ACT, on=(OBJECT, order.set), by=by, at=at, arguments=arguments, wait=WAIT)
    return row


def publish_approved(approved: ApprovedAct, at: datetime) -> None:
    """Put the proposal into force; raise ProposalRefused when what it builds on changed meanwhile."""
    row = SignatureProposal.objects.filter(
        pk=str(approved.arguments["proposal"]), organisation_id=approved.organisation_id, state=ProposalState.WAITING
    ).first()
    if row is None:
        raise NotFound
    body = unseal(row.organisation_id, bytes(row.order_sealed), about=_about(row.id))
    try:
        library_of(row.organisation_id, at=at).book.published(parse_order(body.encode()))
    except SignatureRefused as refused:
        raise proposal_refused(refused) from None
    by = approved.second or system_actor(row.organisation_id, "approvals")
    details: dict[str, Detail] = {"version": row.set_version, "added": row.added, "dropped": row.dropped}
    record_entry(ACT, by=by, at=at, on=(OBJECT, row.set_name), details=details)
    slug = Organisation.objects.values_list("slug", flat=True).get(pk=row.organisation_id)
    row.control_seq = order_gateway(PUBLISH, json.loads(body), organisation=slug, at=at)
    row.state = ProposalState.PUBLISHED
    row.save(update_fields=["control_seq", "state"])


@transaction.atomic
def share_indicators(*, circle: str, secret: str, by: Actor, at: datetime) -> bytes:
    """Return what is published and may be shared as hashed indicators (JSON lines); raise Forbidden, ProposalRefused.

    Numbers are tokens here and cannot be shared.
    """
    require(by, PERMISSION, at_least=Grade.SECOND)
    book = library_of(by.organisation_id, at=at).book
    try:
        lines = list(export_indicators(book, circle=circle, secret=secret.encode(), day=at.date()))
    except SignatureRefused as refused:
        raise proposal_refused(refused) from None
    record_entry("signatures.export", by=by, at=at, on=("circle", circle), details={"n": len(lines) - 1})
    return b"".join(lines)


def count_check(organisation_id: str, hits: Iterable[str], *, at: datetime) -> None:
    """Count one check and the signatures it met; within the transaction of the check."""
    _add(organisation_id, "", hits=1)
    for each in hits:
        _add(organisation_id, each, hits=1)
        SignatureTally.objects.filter(organisation_id=organisation_id, signature=each).update(last_hit_at=at)


def count_correction(organisation_id: str, signature: str, word: CorrectionWord) -> None:
    """Count what somebody said of a signature; "" when something was missed that no signature is to blame for."""
    _add(organisation_id, signature, **{_COLUMNS[word]: 1})


def _add(organisation_id: str, signature: str, **counts: int) -> None:
    row, _ = SignatureTally.objects.get_or_create(organisation_id=organisation_id, signature=signature)
    SignatureTally.objects.filter(pk=row.pk).update(**{name: F(name) + n for name, n in counts.items()})


def _about(proposal_id: str) -> str:
    return f"signatures.proposal:{proposal_id}"
