"""Reviews without blame, corrective actions, and the case library."""

from django.apps import AppConfig


class ReviewsConfig(AppConfig):
    """What is learnt from incidents: findings, actions with proof, cases."""

    name = "anxin.desk.oversight.reviews"
    label = "reviews"
