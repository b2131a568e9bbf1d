"""Evidence of incidents."""

from django.apps import AppConfig


class EvidenceConfig(AppConfig):
    """What is kept so that it can be proven later, and the chain that says through whose hands it went."""

    name = "anxin.desk.operations.evidence"
    label = "evidence"
