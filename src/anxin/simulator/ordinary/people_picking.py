"""Pick who acts: the active more often than the idle, night owls at night."""

from __future__ import annotations

from anxin.simulator.people import Seller, Staff, User
from anxin.simulator.scene import Scene
from anxin.simulator.timeline import local_hour


def pick_user(scene: Scene, at: int) -> User:
    """Return somebody awake at `at`; a few people are far more active than most."""
    users, random = scene.world.users, scene.rng.random
    user = users[int(len(users) * random() ** 1.5)]
    if local_hour(at) < 6:
        for _ in range(4):
            if user.is_night_owl:
                break
            user = users[int(len(users) * random() ** 1.5)]
    return user


def pick_adult(scene: Scene, at: int) -> User:
    """Return somebody awake who is no minor and no enterprise."""
    user = pick_user(scene, at)
    while user.kind in ("minor", "enterprise"):
        user = pick_user(scene, at)
    return user


def pick_friend(scene: Scene, user: User) -> User:
    """Return one of the user's friends."""
    return scene.world.users[scene.rng.choice(user.friends)] if user.friends else scene.world.users[0]


def pick_seller(scene: Scene) -> Seller:
    """Return a shop; a few shops sell far more than most."""
    sellers = scene.world.sellers
    return sellers[int(len(sellers) * scene.rng.random() ** 2)]


def pick_staff(scene: Scene, at: int) -> Staff:
    """Return somebody on duty at `at`: at night only those who work nights."""
    staff = scene.world.staff
    if 8 <= local_hour(at) < 22:
        return scene.rng.choice(staff)
    night = [person for person in staff if person.works_nights]
    return scene.rng.choice(night or staff)
