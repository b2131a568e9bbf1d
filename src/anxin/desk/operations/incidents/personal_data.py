"""Personal data in incidents: what people wrote, all sealed; people of the platform are known by token."""

from __future__ import annotations

from anxin.desk.foundation.permissions.personal import PersonalColumn

COLUMNS = (
    PersonalColumn("incidents.Signal", "body_sealed", "text", "incident.signal:{id}"),
    PersonalColumn("incidents.Party", "contact_sealed", "phone", "incident.contact:{id}"),
    PersonalColumn("incidents.IncidentEvent", "note_sealed", "text", "incident.note:{incident_id}:{seq}"),
    PersonalColumn("incidents.Draft", "text_sealed", "text", "incident.draft:{id}"),
    PersonalColumn("incidents.Handover", "brief_sealed", "text", "incident.handover:{id}"),
    PersonalColumn("incidents.Task", "title_sealed", "text", "incident.task:{id}"),
    PersonalColumn("incidents.Task", "answer_sealed", "text", "incident.answer:{id}"),
    PersonalColumn("incidents.Consult", "question_sealed", "text", "consult.question:{id}"),
    PersonalColumn("incidents.Consult", "answer_sealed", "text", "consult.answer:{id}"),
)
