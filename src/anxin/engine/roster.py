"""Which policies work, and in which role."""

from __future__ import annotations

from dataclasses import dataclass, replace

from anxin.engine.control import ControlRefused, Role
from anxin.engine.policy.definition import Policy


@dataclass(frozen=True)
class Roster:
    """The policies of one organisation at one moment.

    `live` decides. `canary` decides for `canary_permille` of users instead. `shadows` decide along without consequence.
    `previous` only keeps its windows counted, so that going back to it is exact.
    """

    live: Policy
    canary: Policy | None = None
    canary_permille: int = 0
    shadows: tuple[Policy, ...] = ()
    previous: Policy | None = None

    @property
    def judging(self) -> tuple[Policy, ...]:
        """Return the policies that are evaluated: live, canary, shadows."""
        return (self.live, *((self.canary,) if self.canary else ()), *self.shadows)

    @property
    def counting(self) -> tuple[Policy, ...]:
        """Return the policies whose features are counted: the judging ones, then the previous one."""
        return (*self.judging, *((self.previous,) if self.previous else ()))

    def with_policy(self, policy: Policy, role: Role, share_permille: int = 0) -> Roster:
        """Return the roster after `policy` took the role; raise ControlRefused for a share outside 1–1000."""
        others = replace(self, shadows=tuple(each for each in self.shadows if each.label != policy.label))
        if self.canary is not None and self.canary.label == policy.label:
            others = replace(others, canary=None, canary_permille=0)
        if role == "shadow":
            return replace(others, shadows=(*others.shadows, policy))
        if role == "canary":
            if not 1 <= share_permille <= 1000:
                raise ControlRefused(
                    kind="policy.publish",
                    reason="share_permille must be 1 to 1000",
                    reason_zh="share_permille 须为 1 至 1000",
                )
            return replace(others, canary=policy, canary_permille=share_permille)
        return replace(others, live=policy, previous=self.live)

    def without(self, label: str) -> Roster:
        """Return the roster without the shadow or canary `label`; raise ControlRefused when there is none."""
        if self.canary is not None and self.canary.label == label:
            return replace(self, canary=None, canary_permille=0)
        shadows = tuple(each for each in self.shadows if each.label != label)
        if len(shadows) == len(self.shadows):
            raise ControlRefused(
                kind="policy.withdraw",
                reason=f"{label} is neither shadow nor canary",
                reason_zh=f"{label} 既不是影子策略，也不是灰度策略",
            )
        return replace(self, shadows=shadows)
