"""Reviews, what they say, what they ask to be done, and the cases that are remembered."""

from __future__ import annotations

from django.db import models

from anxin.desk.foundation.edge.ids import ID_LENGTH


class Review(models.Model):
    """The review of one generation of an incident, held to learn, never to blame.

    `type` full, short or misjudgement; `why` is the rule that asked for it. It is to be scheduled until `schedule_by`
    and published until `due_at`. `references` are numbers of the incident's events that it speaks of, as JSON.
    """

    class State(models.TextChoices):
        """How far it is."""

        OPEN = "open"
        SCHEDULED = "scheduled"
        PUBLISHED = "published"

    id = models.CharField(max_length=ID_LENGTH, primary_key=True)
    organisation_id = models.CharField(max_length=ID_LENGTH)
    incident_id = models.CharField(max_length=ID_LENGTH)
    generation = models.PositiveIntegerField()
    number = models.BigIntegerField()
    level = models.PositiveSmallIntegerField()
    incident_kind = models.CharField(max_length=32)
    type = models.CharField(max_length=16)
    why = models.CharField(max_length=32)
    state = models.CharField(max_length=10, choices=State.choices)
    facilitator_id = models.CharField(max_length=ID_LENGTH, blank=True)
    references = models.TextField(default="[]")
    opened_at = models.DateTimeField()
    schedule_by = models.DateTimeField()
    due_at = models.DateTimeField()
    held_at = models.DateTimeField(null=True)
    published_at = models.DateTimeField(null=True)
    published_by = models.CharField(max_length=ID_LENGTH, blank=True)
    version = models.PositiveIntegerField(default=1)

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=("incident_id", "generation"), name="one_review_a_generation"),
            models.CheckConstraint(
                condition=~models.Q(state="published") | ~models.Q(facilitator_id=""),
                name="whoever_publishes_a_review_names_its_facilitator",
            ),
        )
        indexes = (models.Index(fields=("organisation_id", "state", "due_at", "id"), name="review_by_due"),)


class ReviewEntry(models.Model):
    """One thing a review says. `kind` finding, praise or helped; a finding has a `factor`; `role` whom it is about."""

    id = models.CharField(max_length=ID_LENGTH, primary_key=True)
    organisation_id = models.CharField(max_length=ID_LENGTH)
    review = models.ForeignKey(Review, on_delete=models.PROTECT, related_name="entries")
    kind = models.CharField(max_length=8)
    factor = models.CharField(max_length=16, blank=True)
    role = models.CharField(max_length=16, blank=True)
    text_sealed = models.BinaryField()
    written_by = models.CharField(max_length=ID_LENGTH)
    written_at = models.DateTimeField()

    class Meta:
        indexes = (models.Index(fields=("review", "written_at"), name="entry_by_review"),)


class ProtectedDecision(models.Model):
    """A decision made in good faith and by the book: no score may see it. `event_seq` is the incident's own event."""

    organisation_id = models.CharField(max_length=ID_LENGTH)
    review = models.ForeignKey(Review, on_delete=models.PROTECT, related_name="protected")
    incident_id = models.CharField(max_length=ID_LENGTH)
    event_seq = models.PositiveIntegerField()
    reason = models.CharField(max_length=16)
    protected_by = models.CharField(max_length=ID_LENGTH)
    protected_at = models.DateTimeField()

    class Meta:
        constraints = (models.UniqueConstraint(fields=("incident_id", "event_seq"), name="protected_once"),)


class CorrectiveAction(models.Model):
    """What is to become better. `proof_required` says what proves it, `proof_ref` names the proof.

    Proven once somebody else than owner and giver checked it; or its risk is accepted until `accepted_until`.
    """

    class State(models.TextChoices):
        """How far it is."""

        OPEN = "open"
        GIVEN = "given"
        PROVEN = "proven"
        ACCEPTED = "accepted"

    id = models.CharField(max_length=ID_LENGTH, primary_key=True)
    organisation_id = models.CharField(max_length=ID_LENGTH)
    review = models.ForeignKey(Review, on_delete=models.PROTECT, related_name="actions")
    incident_id = models.CharField(max_length=ID_LENGTH)
    kind = models.CharField(max_length=10)
    rule = models.CharField(max_length=64, blank=True)
    text_sealed = models.BinaryField()
    owner_id = models.CharField(max_length=ID_LENGTH)
    due_at = models.DateTimeField()
    state = models.CharField(max_length=10, choices=State.choices)
    proof_required = models.CharField(max_length=16)
    proof_ref = models.CharField(max_length=200, blank=True)
    proof_by = models.CharField(max_length=ID_LENGTH, blank=True)
    proof_at = models.DateTimeField(null=True)
    checked_by = models.CharField(max_length=ID_LENGTH, blank=True)
    checked_at = models.DateTimeField(null=True)
    accepted_by = models.CharField(max_length=ID_LENGTH, blank=True)
    accepted_until = models.DateTimeField(null=True)
    opened_by = models.CharField(max_length=ID_LENGTH)
    opened_at = models.DateTimeField()
    version = models.PositiveIntegerField(default=1)

    class Meta:
        constraints = (
            models.CheckConstraint(
                condition=~models.Q(state="proven")
                | (
                    ~models.Q(checked_by="")
                    & ~models.Q(checked_by=models.F("owner_id"))
                    & ~models.Q(checked_by=models.F("proof_by"))
                ),
                name="proof_is_checked_by_somebody_else",
            ),
            models.CheckConstraint(
                condition=~models.Q(state="accepted") | models.Q(accepted_until__isnull=False),
                name="no_risk_is_accepted_for_ever",
            ),
        )
        indexes = (
            models.Index(fields=("incident_id", "state"), name="action_by_incident"),
            models.Index(fields=("organisation_id", "state", "due_at"), name="action_by_due"),
        )


class Case(models.Model):
    """An anonymised incident to learn from. `draft_sealed` until a person confirmed it, then `title` and `text`.

    `rules` and `factors` are words parted by blanks, with a blank at both ends, so that one of them can be found.
    """

    id = models.CharField(max_length=ID_LENGTH, primary_key=True)
    organisation_id = models.CharField(max_length=ID_LENGTH)
    incident_id = models.CharField(max_length=ID_LENGTH)
    review_id = models.CharField(max_length=ID_LENGTH, blank=True)
    kind = models.CharField(max_length=32)
    level = models.PositiveSmallIntegerField()
    cause = models.CharField(max_length=32)
    factors = models.CharField(max_length=240, blank=True)
    rules = models.CharField(max_length=400, blank=True)
    title = models.CharField(max_length=120, blank=True)
    text = models.TextField(blank=True)
    draft_sealed = models.BinaryField(null=True)
    month = models.CharField(max_length=7)
    opened_at = models.DateTimeField()
    confirmed_by = models.CharField(max_length=ID_LENGTH, blank=True)
    confirmed_at = models.DateTimeField(null=True)
    is_refused = models.BooleanField(default=False)

    class Meta:
        constraints = (models.UniqueConstraint(fields=("incident_id",), name="one_case_an_incident"),)
        indexes = (models.Index(fields=("organisation_id", "kind", "-id"), name="case_by_kind"),)
