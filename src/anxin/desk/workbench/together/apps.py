"""Working together on an incident."""

from django.apps import AppConfig


class TogetherConfig(AppConfig):
    """Replies and notes, presence, departments, mentors, hand-overs, and what an organisation sets about incidents."""

    name = "anxin.desk.workbench.together"
    label = "together"
