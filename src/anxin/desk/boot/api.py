"""Every call of the desk's API, mounted in one place."""

from __future__ import annotations

from anxin import __version__
from anxin.desk.boot.codes import CODES
from anxin.desk.decisioning.decisions.api import router as decisions
from anxin.desk.decisioning.entities.api import router as entities
from anxin.desk.decisioning.labels.api import router as labels
from anxin.desk.decisioning.lists.api import router as lists
from anxin.desk.foundation.api.calls import new_api
from anxin.desk.foundation.approvals.api import router as approvals
from anxin.desk.foundation.audit.api import router as audit
from anxin.desk.foundation.notifications.api import router as pages
from anxin.desk.foundation.organisations.api import router as me
from anxin.desk.foundation.webhooks.api import router as webhooks
from anxin.desk.operations.checks.api import router as checks
from anxin.desk.operations.evidence.api import router as evidence
from anxin.desk.operations.incidents.api import router as incidents
from anxin.desk.operations.incidents.command_api import router as incident_commands
from anxin.desk.operations.incidents.configuring_api import router as incident_settings
from anxin.desk.operations.incidents.cooperation_api import router as cooperation
from anxin.desk.operations.measures.api import router as measures
from anxin.desk.operations.measures.batches.api import router as measure_batches
from anxin.desk.operations.replies.api import router as replies
from anxin.desk.operations.rooms.api import router as rooms
from anxin.desk.operations.user_notices.api import router as user_notices
from anxin.desk.oversight.analytics.api import router as reports
from anxin.desk.oversight.reviews.api import router as reviews
from anxin.desk.oversight.training.api import router as training

api = new_api(title="Anxin desk", version=__version__, codes=CODES)
_ROUTERS = (
    me,
    audit,
    approvals,
    pages,
    webhooks,
    decisions,
    entities,
    lists,
    checks,
    incidents,
    incident_commands,
    incident_settings,
    cooperation,
    rooms,
    evidence,
    measures,
    user_notices,
    measure_batches,
    replies,
    labels,
    reviews,
    training,
    reports,
)
for each in _ROUTERS:
    api.add_router("", each)
urlpatterns, _, _ = api.urls
