import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("incidents", "0001_initial"),
    ]

    operations = [
        migrations.AddIndex(
            model_name="incident",
            index=models.Index(fields=["organisation_id", "stage", "due_at", "id"], name="incident_by_due"),
        ),
        migrations.AddIndex(
            model_name="incident",
            index=models.Index(fields=["organisation_id", "holder_id", "stage", "due_at"], name="incident_by_holder"),
        ),
        migrations.AddIndex(
            model_name="incident",
            index=models.Index(
                fields=["organisation_id", "commander_id", "stage", "due_at"], name="incident_by_commander"
            ),
        ),
        migrations.AddIndex(
            model_name="incident",
            index=models.Index(fields=["organisation_id", "-zero_at", "id"], name="incident_by_zero"),
        ),
        migrations.AddIndex(
            model_name="incident",
            index=models.Index(
                condition=models.Q(("look_at__isnull", False)), fields=["look_at"], name="incident_to_look_at"
            ),
        ),
        migrations.AddConstraint(
            model_name="incident",
            constraint=models.UniqueConstraint(fields=("organisation_id", "number"), name="incident_number_is_unique"),
        ),
        migrations.AddConstraint(
            model_name="incident",
            constraint=models.CheckConstraint(
                condition=models.Q(("level__in", (1, 2, 3))), name="incident_level_is_known"
            ),
        ),
        migrations.AddConstraint(
            model_name="incident",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("verifier_id", ""),
                    models.Q(("verifier_id", models.F("commander_id")), _negated=True),
                    _connector="OR",
                ),
                name="verifier_is_not_commander",
            ),
        ),
        migrations.AddConstraint(
            model_name="incident",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("stage__in", ("identified", "dismissed", "merged")),
                    models.Q(("commander_id", ""), _negated=True),
                    _connector="OR",
                ),
                name="whoever_responds_has_a_commander",
            ),
        ),
        migrations.AddField(
            model_name="clockmark",
            name="incident",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="marks", to="incidents.incident"
            ),
        ),
        migrations.AddField(
            model_name="clockrow",
            name="incident",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="clocks", to="incidents.incident"
            ),
        ),
        migrations.AddIndex(
            model_name="consult",
            index=models.Index(fields=["organisation_id", "state", "due_at"], name="consult_by_state"),
        ),
        migrations.AddIndex(
            model_name="consult",
            index=models.Index(fields=["incident_id", "opened_at"], name="consult_by_incident"),
        ),
        migrations.AddConstraint(
            model_name="draft",
            constraint=models.UniqueConstraint(fields=("incident_id", "person_id", "slot"), name="draft_is_one_a_slot"),
        ),
        migrations.AddIndex(
            model_name="handover",
            index=models.Index(fields=["organisation_id", "to_id", "state"], name="handover_by_receiver"),
        ),
        migrations.AddConstraint(
            model_name="handover",
            constraint=models.UniqueConstraint(
                condition=models.Q(("state", "offered")), fields=("incident_id",), name="offered_once_at_a_time"
            ),
        ),
        migrations.AddField(
            model_name="incidentevent",
            name="incident",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="events", to="incidents.incident"
            ),
        ),
        migrations.AddConstraint(
            model_name="kindversion",
            constraint=models.UniqueConstraint(
                fields=("organisation_id", "kind", "version"), name="kind_version_is_unique"
            ),
        ),
        migrations.AddIndex(
            model_name="party",
            index=models.Index(fields=["organisation_id", "entity_key", "entity_kind"], name="party_by_entity"),
        ),
        migrations.AddConstraint(
            model_name="party",
            constraint=models.UniqueConstraint(
                fields=("incident_id", "role", "entity_kind", "entity_key"), name="party_is_once"
            ),
        ),
        migrations.AddConstraint(
            model_name="policyversion",
            constraint=models.UniqueConstraint(fields=("organisation_id", "version"), name="promise_is_unique"),
        ),
        migrations.AddConstraint(
            model_name="presence",
            constraint=models.UniqueConstraint(fields=("incident_id", "person_id"), name="presence_is_once"),
        ),
        migrations.AddIndex(
            model_name="signal",
            index=models.Index(fields=["organisation_id", "dedup_key", "-received_at"], name="signal_by_key"),
        ),
        migrations.AddIndex(
            model_name="signal",
            index=models.Index(fields=["incident_id", "received_at"], name="signal_by_incident"),
        ),
        migrations.AddConstraint(
            model_name="signal",
            constraint=models.UniqueConstraint(
                fields=("organisation_id", "source", "source_ref"), name="signal_is_told_once"
            ),
        ),
        migrations.AddIndex(
            model_name="task",
            index=models.Index(
                fields=["organisation_id", "department_id", "state", "due_at"], name="task_by_department"
            ),
        ),
        migrations.AddIndex(
            model_name="task",
            index=models.Index(fields=["incident_id", "opened_at"], name="task_by_incident"),
        ),
        migrations.AddIndex(
            model_name="task",
            index=models.Index(fields=["state", "due_at"], name="task_by_due"),
        ),
        migrations.AddConstraint(
            model_name="clockmark",
            constraint=models.UniqueConstraint(fields=("incident", "seq"), name="mark_seq_is_unique"),
        ),
        migrations.AddConstraint(
            model_name="clockmark",
            constraint=models.UniqueConstraint(
                condition=models.Q(("mark", "breach")),
                fields=("incident", "kind", "generation"),
                name="breach_is_written_once",
            ),
        ),
        migrations.AddIndex(
            model_name="clockrow",
            index=models.Index(fields=["organisation_id", "zero_at"], name="clock_by_cohort"),
        ),
        migrations.AddConstraint(
            model_name="clockrow",
            constraint=models.UniqueConstraint(fields=("incident", "position"), name="clock_position_is_unique"),
        ),
        migrations.AddConstraint(
            model_name="incidentevent",
            constraint=models.UniqueConstraint(fields=("incident", "seq"), name="event_seq_is_unique"),
        ),
    ]
