"""Signals, incidents and what belongs to them. Nothing is deleted; no personal value stands here in clear.

People of the desk are known by id, people and things of the platform by kind and key: the platform's own id, or the
keyed token of a personal value.
"""

from __future__ import annotations

from django.db import models

from anxin.desk.foundation.edge.ids import ID_LENGTH

KEY_LENGTH = 200


class Incident(models.Model):
    """One thing that went wrong. `number` counts per organisation; `stage` is one of `stages.py`, `status` a label.

    `zero_at` is when its earliest signal was received (C1), `occurred_at` what somebody claims. `commander_id` leads,
    `holder_id` has the lease. Money is in minor units of `currency`, None while nobody said. `due_at`, `clock_kind` and
    `clock_standing` show the primary clock, whose truth is `ClockBook`; at `look_at` time itself changes something.
    `ladder_step` counts the calls since `ladder_from`. `no_action_code`: it was decided that no measure is needed.
    `cause`, `responsible`, `factors` are the finding (R7); `review_why` says why a review is due, "" when none is.
    `care_until`: the agent checks carefully (R111).
    """

    id = models.CharField(max_length=ID_LENGTH, primary_key=True)
    organisation_id = models.CharField(max_length=ID_LENGTH)
    number = models.BigIntegerField()
    kind = models.CharField(max_length=32)
    kind_version = models.CharField(max_length=32)
    level = models.PositiveSmallIntegerField()
    is_provisional = models.BooleanField(default=False)
    level_reason = models.CharField(max_length=32)
    stage = models.CharField(max_length=12)
    status = models.CharField(max_length=32, blank=True)
    site_id = models.CharField(max_length=ID_LENGTH, blank=True)
    zero_at = models.DateTimeField()
    occurred_at = models.DateTimeField(null=True)
    opened_at = models.DateTimeField()
    opened_by = models.CharField(max_length=ID_LENGTH, blank=True)
    commander_id = models.CharField(max_length=ID_LENGTH, blank=True)
    verifier_id = models.CharField(max_length=ID_LENGTH, blank=True)
    holder_id = models.CharField(max_length=ID_LENGTH, blank=True)
    active_at = models.DateTimeField(null=True)
    nudged_at = models.DateTimeField(null=True)
    at_risk_minor = models.BigIntegerField(null=True)
    blocked_minor = models.BigIntegerField(null=True)
    confirmed_minor = models.BigIntegerField(null=True)
    recovered_minor = models.BigIntegerField(null=True)
    currency = models.CharField(max_length=3, blank=True)
    signals = models.PositiveIntegerField(default=0)
    signal_at = models.DateTimeField(null=True)
    victims = models.PositiveIntegerField(default=0)
    merged_into = models.CharField(max_length=ID_LENGTH, blank=True)
    parent_id = models.CharField(max_length=ID_LENGTH, blank=True)
    recurrence_of = models.CharField(max_length=ID_LENGTH, blank=True)
    is_confidential = models.BooleanField(default=False)
    is_drill = models.BooleanField(default=False)
    reopen_count = models.PositiveIntegerField(default=0)
    due_at = models.DateTimeField(null=True)
    clock_kind = models.CharField(max_length=16)
    clock_standing = models.CharField(max_length=12)
    is_breached = models.BooleanField(default=False)
    look_at = models.DateTimeField(null=True)
    ladder_step = models.PositiveSmallIntegerField(default=0)
    ladder_from = models.DateTimeField()
    started_at = models.DateTimeField(null=True)
    protected_at = models.DateTimeField(null=True)
    no_action_code = models.CharField(max_length=32, blank=True)
    contacted_at = models.DateTimeField(null=True)
    attempts = models.PositiveIntegerField(default=0)
    informed_at = models.DateTimeField(null=True)
    contained_at = models.DateTimeField(null=True)
    submitted_at = models.DateTimeField(null=True)
    verified_at = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True)
    dismissed_code = models.CharField(max_length=32, blank=True)
    life_stage = models.CharField(max_length=16, blank=True)
    cause = models.CharField(max_length=32, blank=True)
    responsible = models.CharField(max_length=32, blank=True)
    factors = models.CharField(max_length=200, blank=True)
    review_why = models.CharField(max_length=32, blank=True)
    review_due_at = models.DateTimeField(null=True)
    care_until = models.DateTimeField(null=True)
    next_event_seq = models.PositiveIntegerField(default=1)
    version = models.PositiveIntegerField(default=1)

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=("organisation_id", "number"), name="incident_number_is_unique"),
            models.CheckConstraint(condition=models.Q(level__in=(1, 2, 3)), name="incident_level_is_known"),
            models.CheckConstraint(
                condition=models.Q(verifier_id="") | ~models.Q(verifier_id=models.F("commander_id")),
                name="verifier_is_not_commander",
            ),
            models.CheckConstraint(
                condition=models.Q(stage__in=("identified", "dismissed", "merged")) | ~models.Q(commander_id=""),
                name="whoever_responds_has_a_commander",
            ),
        )
        indexes = (
            models.Index(fields=("organisation_id", "stage", "due_at", "id"), name="incident_by_due"),
            models.Index(fields=("organisation_id", "holder_id", "stage", "due_at"), name="incident_by_holder"),
            models.Index(fields=("organisation_id", "commander_id", "stage", "due_at"), name="incident_by_commander"),
            models.Index(fields=("organisation_id", "-zero_at", "id"), name="incident_by_zero"),
            models.Index(fields=("look_at",), condition=models.Q(look_at__isnull=False), name="incident_to_look_at"),
        )


class Signal(models.Model):
    """A reason to look: `source` decision, report, check, staff or partner; `source_ref` is its id there, told once.

    Signals with the same `dedup_key` fold into one incident. `entities` is JSON of [role, kind, key], `body_sealed`
    what somebody wrote.
    """

    id = models.CharField(max_length=ID_LENGTH, primary_key=True)
    organisation_id = models.CharField(max_length=ID_LENGTH)
    source = models.CharField(max_length=12)
    source_ref = models.CharField(max_length=128)
    dedup_key = models.CharField(max_length=160)
    received_at = models.DateTimeField()
    occurred_at = models.DateTimeField(null=True)
    payload_hash = models.CharField(max_length=64)
    body_sealed = models.BinaryField(null=True)
    entities = models.TextField()
    kind = models.CharField(max_length=32)
    suggested_level = models.PositiveSmallIntegerField(null=True)
    markers = models.CharField(max_length=120, blank=True)
    site_id = models.CharField(max_length=ID_LENGTH, blank=True)
    incident_id = models.CharField(max_length=ID_LENGTH, blank=True)

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=("organisation_id", "source", "source_ref"), name="signal_is_told_once"),
        )
        indexes = (
            models.Index(fields=("organisation_id", "dedup_key", "-received_at"), name="signal_by_key"),
            models.Index(fields=("incident_id", "received_at"), name="signal_by_incident"),
        )


class IntakeCursor(models.Model):
    """How far an organisation's decisions were looked at: the last place in its log."""

    organisation_id = models.CharField(max_length=ID_LENGTH, primary_key=True)
    seq = models.BigIntegerField()


class Party(models.Model):
    """Somebody or something in an incident: `role` victim, suspect, merchant, reporter or thing.

    `moved_to`: a split took everything with it that named them, "" while they belong here. `contacted_at` is when a
    colleague first reached them, `informed_at` when they knew what happened and what is done.
    """

    id = models.CharField(max_length=ID_LENGTH, primary_key=True)
    organisation_id = models.CharField(max_length=ID_LENGTH)
    incident_id = models.CharField(max_length=ID_LENGTH)
    role = models.CharField(max_length=10)
    entity_kind = models.CharField(max_length=64)
    entity_key = models.CharField(max_length=KEY_LENGTH)
    contact_sealed = models.BinaryField(null=True)
    moved_to = models.CharField(max_length=ID_LENGTH, blank=True)
    first_at = models.DateTimeField()
    contacted_at = models.DateTimeField(null=True)
    informed_at = models.DateTimeField(null=True)

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=("incident_id", "role", "entity_kind", "entity_key"), name="party_is_once"),
        )
        indexes = (
            models.Index(fields=("organisation_id", "entity_key", "entity_kind"), name="party_by_entity"),
            models.Index(fields=("incident_id", "role", "id"), name="party_by_incident"),
        )


class IncidentEvent(models.Model):
    """One line of an incident's timeline, never changed. `data` is JSON of ids, codes and counts.

    `happened` is JSON of what the clocks were told, "" when nothing: folding these again gives the clocks again.
    """

    organisation_id = models.CharField(max_length=ID_LENGTH)
    incident = models.ForeignKey(Incident, on_delete=models.PROTECT, related_name="events")
    seq = models.PositiveIntegerField()
    kind = models.CharField(max_length=32)
    at = models.DateTimeField()
    actor_kind = models.CharField(max_length=8)
    actor_id = models.CharField(max_length=ID_LENGTH, blank=True)
    actor_label = models.CharField(max_length=64)
    data = models.TextField()
    note_sealed = models.BinaryField(null=True)
    happened = models.TextField(blank=True)

    class Meta:
        constraints = (models.UniqueConstraint(fields=("incident", "seq"), name="event_seq_is_unique"),)


class ClockBook(models.Model):
    """The clocks of one incident as they stand, folded from its events; `policy_version` is pinned (C19)."""

    incident = models.OneToOneField(Incident, on_delete=models.PROTECT, primary_key=True, related_name="book")
    organisation_id = models.CharField(max_length=ID_LENGTH)
    policy_version = models.CharField(max_length=64)
    state = models.TextField()


class ClockRow(models.Model):
    """One clock for reports; `position` is its place in the book."""

    incident = models.ForeignKey(Incident, on_delete=models.PROTECT, related_name="clocks")
    organisation_id = models.CharField(max_length=ID_LENGTH)
    position = models.PositiveSmallIntegerField()
    kind = models.CharField(max_length=16)
    generation = models.PositiveSmallIntegerField()
    level = models.PositiveSmallIntegerField()
    zero_at = models.DateTimeField()
    due_at = models.DateTimeField()
    standing = models.CharField(max_length=12)
    stopped_at = models.DateTimeField(null=True)
    late_at = models.DateTimeField(null=True)
    is_waived = models.BooleanField(default=False)

    class Meta:
        constraints = (models.UniqueConstraint(fields=("incident", "position"), name="clock_position_is_unique"),)
        indexes = (models.Index(fields=("organisation_id", "zero_at"), name="clock_by_cohort"),)


class ClockMark(models.Model):
    """One event of a clock, never changed; a breach is written once for each incident, kind and generation (C17)."""

    incident = models.ForeignKey(Incident, on_delete=models.PROTECT, related_name="marks")
    organisation_id = models.CharField(max_length=ID_LENGTH)
    seq = models.PositiveIntegerField()
    kind = models.CharField(max_length=16)
    generation = models.PositiveSmallIntegerField()
    mark = models.CharField(max_length=10)
    at = models.DateTimeField()
    noted_at = models.DateTimeField()
    word = models.CharField(max_length=64, blank=True)
    due_at = models.DateTimeField(null=True)

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=("incident", "seq"), name="mark_seq_is_unique"),
            models.UniqueConstraint(
                fields=("incident", "kind", "generation"),
                condition=models.Q(mark="breach"),
                name="breach_is_written_once",
            ),
        )


class PolicyVersion(models.Model):
    """An organisation's own promise from `since` on (R20); `text` is YAML as `clocks/policy.yaml`."""

    organisation_id = models.CharField(max_length=ID_LENGTH)
    version = models.CharField(max_length=64)
    text = models.TextField()
    since = models.DateTimeField()
    by_id = models.CharField(max_length=ID_LENGTH)

    class Meta:
        constraints = (models.UniqueConstraint(fields=("organisation_id", "version"), name="promise_is_unique"),)


class KindVersion(models.Model):
    """An organisation's own version of an incident kind; `text` is JSON of what differs from the shipped one."""

    organisation_id = models.CharField(max_length=ID_LENGTH)
    kind = models.CharField(max_length=32)
    version = models.PositiveIntegerField()
    text = models.TextField()
    since = models.DateTimeField()
    by_id = models.CharField(max_length=ID_LENGTH)

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=("organisation_id", "kind", "version"), name="kind_version_is_unique"),
        )


class Presence(models.Model):
    """Who has an incident open on the screen, and when they last said so."""

    organisation_id = models.CharField(max_length=ID_LENGTH)
    incident_id = models.CharField(max_length=ID_LENGTH)
    person_id = models.CharField(max_length=ID_LENGTH)
    label = models.CharField(max_length=64)
    seen_at = models.DateTimeField()

    class Meta:
        constraints = (models.UniqueConstraint(fields=("incident_id", "person_id"), name="presence_is_once"),)


class Draft(models.Model):
    """What somebody is typing, kept on the server; `slot` note, reply or finding, `revision` rises with each save."""

    id = models.CharField(max_length=ID_LENGTH, primary_key=True)
    organisation_id = models.CharField(max_length=ID_LENGTH)
    incident_id = models.CharField(max_length=ID_LENGTH)
    person_id = models.CharField(max_length=ID_LENGTH)
    slot = models.CharField(max_length=16)
    text_sealed = models.BinaryField(null=True)
    revision = models.PositiveIntegerField()
    saved_at = models.DateTimeField()

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=("incident_id", "person_id", "slot"), name="draft_is_one_a_slot"),
        )


class Handover(models.Model):
    """An incident offered to somebody (`to_id` "": to whoever takes it), one item; several share a `batch_id`."""

    id = models.CharField(max_length=ID_LENGTH, primary_key=True)
    organisation_id = models.CharField(max_length=ID_LENGTH)
    incident_id = models.CharField(max_length=ID_LENGTH)
    batch_id = models.CharField(max_length=ID_LENGTH)
    from_id = models.CharField(max_length=ID_LENGTH)
    to_id = models.CharField(max_length=ID_LENGTH, blank=True)
    brief_sealed = models.BinaryField(null=True)
    state = models.CharField(max_length=10)
    offered_at = models.DateTimeField()
    decided_at = models.DateTimeField(null=True)
    decided_by = models.CharField(max_length=ID_LENGTH, blank=True)

    class Meta:
        constraints = (
            models.UniqueConstraint(
                fields=("incident_id",), condition=models.Q(state="offered"), name="offered_once_at_a_time"
            ),
        )
        indexes = (models.Index(fields=("organisation_id", "to_id", "state"), name="handover_by_receiver"),)


class Task(models.Model):
    """Work for a department; `state` open, accepted, declined, done. `blocked_by` names another task, or is empty."""

    id = models.CharField(max_length=ID_LENGTH, primary_key=True)
    organisation_id = models.CharField(max_length=ID_LENGTH)
    incident_id = models.CharField(max_length=ID_LENGTH)
    department_id = models.CharField(max_length=ID_LENGTH)
    owner_id = models.CharField(max_length=ID_LENGTH, blank=True)
    title_sealed = models.BinaryField()
    answer_sealed = models.BinaryField(null=True)
    state = models.CharField(max_length=10)
    blocked_by = models.CharField(max_length=ID_LENGTH, blank=True)
    opened_by = models.CharField(max_length=ID_LENGTH)
    opened_at = models.DateTimeField()
    due_at = models.DateTimeField()
    accepted_at = models.DateTimeField(null=True)
    late_at = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True)
    version = models.PositiveIntegerField(default=1)

    class Meta:
        indexes = (
            models.Index(fields=("organisation_id", "department_id", "state", "due_at"), name="task_by_department"),
            models.Index(fields=("incident_id", "opened_at"), name="task_by_incident"),
            models.Index(fields=("state", "due_at"), name="task_by_due"),
        )


class Consult(models.Model):
    """A question to a mentor, from within an incident or (`incident_id` "") from a colleague of another department.

    `brief` is JSON of what the incident says by itself; ratings are 1 to 5, None while not given; others were called
    at `late_at`, as nobody had answered.
    """

    id = models.CharField(max_length=ID_LENGTH, primary_key=True)
    organisation_id = models.CharField(max_length=ID_LENGTH)
    incident_id = models.CharField(max_length=ID_LENGTH, blank=True)
    topic = models.CharField(max_length=32)
    asker_id = models.CharField(max_length=ID_LENGTH)
    mentor_id = models.CharField(max_length=ID_LENGTH, blank=True)
    brief = models.TextField()
    question_sealed = models.BinaryField()
    answer_sealed = models.BinaryField(null=True)
    state = models.CharField(max_length=10)
    opened_at = models.DateTimeField()
    due_at = models.DateTimeField()
    late_at = models.DateTimeField(null=True)
    answered_at = models.DateTimeField(null=True)
    closed_at = models.DateTimeField(null=True)
    asker_rating = models.PositiveSmallIntegerField(null=True)
    mentor_rating = models.PositiveSmallIntegerField(null=True)
    version = models.PositiveIntegerField(default=1)

    class Meta:
        indexes = (
            models.Index(fields=("organisation_id", "state", "due_at"), name="consult_by_state"),
            models.Index(fields=("incident_id", "opened_at"), name="consult_by_incident"),
        )
