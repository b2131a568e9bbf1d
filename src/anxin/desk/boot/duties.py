"""Every duty of the worker, in one table."""

from __future__ import annotations

from anxin.desk.boot.reactions import DUTIES as REACTIONS
from anxin.desk.boot.surroundings import DUTIES as PROTECTIONS
from anxin.desk.decisioning.decisions.tasks import DUTIES as DECISIONS
from anxin.desk.decisioning.labels.tasks import DUTIES as LABELS
from anxin.desk.foundation.api.tasks import DUTIES as API
from anxin.desk.foundation.approvals.tasks import DUTIES as APPROVALS
from anxin.desk.foundation.audit.tasks import DUTIES as AUDIT
from anxin.desk.foundation.edge.duties import Duty
from anxin.desk.foundation.notifications.tasks import DUTIES as PAGES
from anxin.desk.foundation.organisations.tasks import DUTIES as RIGHTS
from anxin.desk.foundation.privacy.tasks import DUTIES as PRIVACY
from anxin.desk.foundation.sign_in.tasks import DUTIES as SIGN_IN
from anxin.desk.foundation.webhooks.tasks import DUTIES as WEBHOOKS
from anxin.desk.operations.evidence.tasks import DUTIES as EVIDENCE
from anxin.desk.operations.incidents.tasks import DUTIES as INCIDENTS
from anxin.desk.operations.measures.batches.tasks import DUTIES as BATCHES
from anxin.desk.operations.measures.tasks import DUTIES as MEASURES
from anxin.desk.operations.rota.tasks import DUTIES as ROTA
from anxin.desk.oversight.analytics.labelling import DUTIES as VERDICTS
from anxin.desk.oversight.reviews.tasks import DUTIES as REVIEWS


def all_duties() -> tuple[Duty, ...]:
    """Return the duties of all packages."""
    return (
        *AUDIT,
        *APPROVALS,
        *RIGHTS,
        *SIGN_IN,
        *PRIVACY,
        *WEBHOOKS,
        *PAGES,
        *API,
        *DECISIONS,
        *MEASURES,
        *BATCHES,
        *INCIDENTS,
        *PROTECTIONS,
        *REACTIONS,
        *ROTA,
        *EVIDENCE,
        *REVIEWS,
        *VERDICTS,
        *LABELS,
    )
