"""The projection: tables folded from the decision log, never written by anything but the projector.

Row ids are `projection << 40 | seq`, so that one B-tree serves as key, order of arrival and border between
organisations. Instants are ms UTC. No personal value stands here in clear: personal entities are known by keyed tokens,
bodies are sealed.
"""

from __future__ import annotations

from django.db import models

from anxin.desk.foundation.edge.ids import ID_LENGTH

KEY_LENGTH = 200


class Projection(models.Model):
    """One fold of one organisation's log; a rebuild grows beside the current one and takes its place at the end.

    `position` is the last sequence number projected, `tip` the digest of its record. `missing_until` is the last one
    that retention had dropped before it was projected, 0 when nothing is missing. `fault` is the code of what keeps
    the projector from going on, empty when nothing does. `epoch` rises when rows were taken away that a projector may
    remember. `clearing_until` and `cleared_entity` say how far retention is, 0 when it rests.
    """

    organisation_id = models.CharField(max_length=ID_LENGTH)
    is_current = models.BooleanField()
    position = models.BigIntegerField(default=0)
    tip = models.BinaryField(default=b"")
    missing_until = models.BigIntegerField(default=0)
    fault = models.CharField(max_length=64, blank=True)
    fault_at = models.BigIntegerField(null=True)
    epoch = models.IntegerField(default=0)
    clearing_until = models.BigIntegerField(default=0)
    cleared_entity = models.BigIntegerField(default=0)

    class Meta:
        constraints = (
            models.UniqueConstraint(
                fields=("organisation_id",), condition=models.Q(is_current=True), name="one_current_projection"
            ),
        )


class Origin(models.Model):
    """Where events came from: what a site's platform, business line and region are compared with.

    `id` is `projection << 16 | number`; other tables keep the number.
    """

    id = models.BigIntegerField(primary_key=True)
    projection_id = models.BigIntegerField(db_index=True)
    platform = models.TextField(blank=True)
    business_line = models.TextField(blank=True)
    region = models.TextField(blank=True)
    legal_region = models.TextField(blank=True)


class Decision(models.Model):
    """One decided event; what is personal in it lies sealed in `SealedRecord`.

    `verdict` is the engine's number, 0 allow to 5 block. `rules` and `flags` are words parted by blanks; `flags` holds
    the parts that were left out as `without:part`. `amount_minor` is None for events without money.
    """

    id = models.BigIntegerField(primary_key=True)
    event_id = models.TextField()
    event_hash = models.BigIntegerField()
    event_type = models.TextField()
    occurred_at = models.BigIntegerField()
    received_at = models.BigIntegerField()
    verdict = models.SmallIntegerField()
    score = models.FloatField()
    origin = models.IntegerField()
    terminal = models.TextField(blank=True)
    policy = models.TextField()
    model = models.TextField(blank=True)
    control_seq = models.BigIntegerField()
    amount_minor = models.BigIntegerField(null=True)
    currency = models.TextField(blank=True)
    rules = models.TextField(blank=True)
    flags = models.TextField(blank=True)

    class Meta:
        indexes = (
            models.Index(fields=("event_hash",), name="decision_by_event"),
            models.Index(fields=("verdict", "id"), name="decision_by_verdict"),
            models.Index(fields=("event_type", "id"), name="decision_by_type"),
        )


class SealedRecord(models.Model):
    """Event, answer, features and caller of one decision, packed and sealed; gone once its retention ended."""

    decision_id = models.BigIntegerField(primary_key=True)
    sealed = models.BinaryField()


class DecisionRule(models.Model):
    """That a rule fired in a decision."""

    pk = models.CompositePrimaryKey("projection_id", "rule", "decision_id")
    projection_id = models.BigIntegerField()
    rule = models.TextField()
    decision_id = models.BigIntegerField()


class DecisionLabel(models.Model):
    """What became known later: a label, dispute or chargeback. `id` is the decision on the label's own event.

    `decision_id` is the labelled one, None when it is not projected or the label is about an entity.
    """

    id = models.BigIntegerField(primary_key=True)
    decision_id = models.BigIntegerField(null=True, db_index=True)
    event_id = models.TextField(blank=True)
    label = models.TextField()
    source = models.TextField(blank=True)
    is_fraud = models.BooleanField(null=True)
    at = models.BigIntegerField()


class SearchTerm(models.Model):
    """A keyed hash of two neighbouring characters, or of one word, of a text that somebody wrote."""

    pk = models.CompositePrimaryKey("term", "decision_id")
    term = models.BigIntegerField()
    decision_id = models.BigIntegerField()


class ArrivalHour(models.Model):
    """The first decision that arrived in an hour (hours since 1970), so that times become ranges of ids."""

    pk = models.CompositePrimaryKey("projection_id", "hour")
    projection_id = models.BigIntegerField()
    hour = models.IntegerField()
    first_id = models.BigIntegerField()


class PublishedPolicy(models.Model):
    """A policy put to work or withdrawn: `role` live, canary, shadow, or withdrawn (without files).

    `files` is the zstd'd JSON of file names and texts.
    """

    id = models.BigIntegerField(primary_key=True)
    projection_id = models.BigIntegerField(db_index=True)
    label = models.TextField()
    role = models.TextField()
    share_permille = models.IntegerField(default=0)
    at = models.BigIntegerField()
    files = models.BinaryField()


class LogNote(models.Model):
    """What else the log says: brakes, skipped events, starts and stops. `code` and `detail` hold no personal value."""

    id = models.BigIntegerField(primary_key=True)
    projection_id = models.BigIntegerField(db_index=True)
    kind = models.TextField()
    at = models.BigIntegerField()
    code = models.TextField()
    detail = models.TextField(blank=True)


class Entity(models.Model):
    """A person or thing the platform's events name; `id` is `projection << 46 | seq << 6 | place in the event`.

    `key` is the one the engine knows it by: the platform's own id, or the keyed token of a personal value, whose clear
    form is `display_sealed`. `money` is JSON: currency → paid, refunded, disputed in minor units. `risk_*` is the fold
    of `risk.py` as it stood at `risk_at`. `origins` are numbers parted by commas; `*` when there are too many to name.
    `links` counts its rows in EntityLink, `unlinked` what was met beyond the limit.
    """

    id = models.BigIntegerField(primary_key=True)
    projection_id = models.BigIntegerField()
    kind = models.CharField(max_length=64)
    key = models.CharField(max_length=KEY_LENGTH)
    first_at = models.BigIntegerField()
    last_at = models.BigIntegerField()
    last_seq = models.BigIntegerField()
    events = models.BigIntegerField()
    challenged = models.IntegerField()
    reviewed = models.IntegerField()
    held = models.IntegerField()
    frozen = models.IntegerField()
    blocked = models.IntegerField()
    frauds = models.IntegerField()
    clearances = models.IntegerField()
    disputes = models.IntegerField()
    reports = models.IntegerField()
    links = models.IntegerField()
    unlinked = models.IntegerField()
    money = models.TextField(blank=True)
    risk_level = models.SmallIntegerField()
    risk_score = models.FloatField()
    risk_at = models.BigIntegerField()
    risk_reasons = models.TextField(blank=True)
    platform = models.TextField(blank=True)
    terminal = models.TextField(blank=True)
    place = models.TextField(blank=True)
    origins = models.TextField(blank=True)
    display_sealed = models.BinaryField(null=True)

    class Meta:
        constraints = (models.UniqueConstraint(fields=("projection_id", "key", "kind"), name="entity_is_unique"),)


class DecisionEntity(models.Model):
    """That an event named an entity, in which role; the entity's timeline in one clustered range.

    `strand` is the timeline's kind of happening (`strands.yaml`), `origin` the number of an Origin.
    """

    pk = models.CompositePrimaryKey("entity_id", "occurred_at", "decision_id")
    entity_id = models.BigIntegerField()
    occurred_at = models.BigIntegerField()
    decision_id = models.BigIntegerField()
    role = models.SmallIntegerField()
    strand = models.SmallIntegerField()
    verdict = models.SmallIntegerField()
    origin = models.IntegerField()


class EntityLink(models.Model):
    """Two entities met in events; `entity_id` is the smaller id."""

    pk = models.CompositePrimaryKey("entity_id", "other_id")
    entity_id = models.BigIntegerField()
    other_id = models.BigIntegerField()
    count = models.IntegerField()
    first_at = models.BigIntegerField()
    last_at = models.BigIntegerField()

    class Meta:
        indexes = (models.Index(fields=("other_id", "entity_id"), name="link_from_other_end"),)


class RiskPoint(models.Model):
    """The entity's risk from the record `seq` on; a row only where level or reasons changed."""

    pk = models.CompositePrimaryKey("entity_id", "seq")
    entity_id = models.BigIntegerField()
    seq = models.BigIntegerField()
    at = models.BigIntegerField()
    level = models.SmallIntegerField()
    score = models.FloatField()
    reasons = models.TextField(blank=True)


class EntityOrder(models.Model):
    """A hold or a list entry that people ordered; in force until `until_at`, or until the record `ended_seq`.

    `refusal` is the code of why the gateway refused it: such a row was never in force.

    `entity_kind` is empty for list entries, which match by value. `sealed` holds reason, source and who ordered it.
    """

    id = models.BigIntegerField(primary_key=True)
    projection_id = models.BigIntegerField()
    entity_kind = models.TextField(blank=True)
    key = models.TextField()
    list_name = models.TextField(blank=True)
    entry_kind = models.TextField(blank=True)
    colour = models.TextField(blank=True)
    measure = models.TextField(blank=True)
    verdict = models.SmallIntegerField(null=True)
    at = models.BigIntegerField()
    control_seq = models.BigIntegerField()
    until_at = models.BigIntegerField(null=True)
    ended_seq = models.BigIntegerField(null=True)
    refusal = models.TextField(blank=True)
    sealed = models.BinaryField()

    class Meta:
        indexes = (
            models.Index(fields=("projection_id", "key"), name="order_by_key"),
            models.Index(fields=("projection_id", "list_name", "id"), name="order_by_list"),
        )
