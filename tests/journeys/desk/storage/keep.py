"""Keep what stands on standard input as evidence, copy it, hand it out, beside an installation, as staff would.

The specialist is given an authenticator, too.
"""

from __future__ import annotations

import io
import sys

from anxin.desk.boot import program
from tests.journeys.desk.found import give_authenticator


def main(words: str) -> str:
    program.set_up()
    from PIL import Image

    from anxin.desk.foundation.edge.clock import now
    from anxin.desk.foundation.organisations.actors import actor_of
    from anxin.desk.foundation.organisations.models import Person
    from anxin.desk.operations.evidence.actions.collecting import NewPiece, collect_evidence
    from anxin.desk.operations.evidence.actions.exporting import PackOrder, export_pack
    from anxin.desk.operations.evidence.actions.looking import look_at_evidence
    from anxin.desk.operations.evidence.actions.redacting import redact_evidence
    from anxin.desk.operations.incidents.actions.opening import Seen, open_incident

    give_authenticator(Person.objects.get(username="specialist"))
    at = now()
    by = actor_of(Person.objects.get(username="lead"), at=at, is_strong=True)
    incident = open_incident(Seen(kind="phishing"), by=by, at=at)
    picture = io.BytesIO()
    Image.new("RGB", (60, 40), "white").save(picture, "PNG")
    collect_evidence(NewPiece(picture.getvalue(), name=words[:20]), incident_id=incident.id, by=by, at=at)
    new = NewPiece(words.encode(), name=f"{words[:30]}.txt", note=words, kind="chat")
    kept = collect_evidence(new, incident_id=incident.id, by=by, at=at).evidence_id
    look_at_evidence(evidence_id=kept, by=by, at=at)
    redact_evidence(evidence_id=kept, by=by, at=at)
    export_pack(PackOrder("hand_over", recipient=words[:100]), incident_id=incident.id, by=by, at=at)
    return kept


if __name__ == "__main__":
    sys.stdout.write(main(sys.stdin.read()) + "\n")
