"""Ordinary life minute by minute: which kinds of visits begin, and how many."""

from __future__ import annotations

from itertools import accumulate

from anxin.simulator.ordinary import after_sales, lookalikes, selling, shopping, signing_in, social, staff_work, wallet
from anxin.simulator.scene import Scene
from anxin.simulator.timeline import MINUTE_MS

_MIX = (
    (shopping.shop, 300),
    (shopping.use_coupon, 45),
    (signing_in.visit_only, 190),
    (signing_in.register, 22),
    (signing_in.care_for_account, 45),
    (social.chat, 130),
    (social.post, 45),
    (social.gather, 8),
    (social.watch_live, 12),
    (social.complain, 22),
    (social.run_errand, 8),
    (social.notice_minor, 2),
    (wallet.move_money, 90),
    (selling.run_shop, 30),
    (selling.open_shop, 2),
    (staff_work.work_on_case, 26),
    (staff_work.tune_rules, 4),
    (staff_work.report_machines, 2),
    (lookalikes.live_oddly, 14),
)
_DEEDS = tuple(deed for deed, _ in _MIX)
_CUMULATIVE = tuple(accumulate(weight for _, weight in _MIX))
HEALTH_EVERY_MS = 5 * MINUTE_MS


class OrdinaryLife:
    """Fill a scene with ordinary life, keeping to a number of events per minute on the long run."""

    def __init__(self, scene: Scene) -> None:
        self.scene = scene
        self._owed = 0.0

    def begin(self, at: int, daily_events: int) -> None:
        """Put on their way the orders and second thoughts that a running shop would have at `at`, in ms UTC."""
        shopping.inherit_orders(self.scene, at, daily_events // 8)
        after_sales.inherit_second_thoughts(self.scene, at, daily_events // 20)

    def live_minute(self, at: int, wanted: float) -> None:
        """Write what begins in the minute from `at`, in ms UTC, so that about `wanted` events come a minute.

        Parcels and refunds of earlier orders count as part of what is wanted.
        """
        scene, rng = self.scene, self.scene.rng
        before = len(scene.events)
        scene.catch_up(at + MINUTE_MS)
        if at % HEALTH_EVERY_MS < MINUTE_MS:
            staff_work.report_health(scene, at, qps=max(1, int(wanted)))
        self._owed += wanted - (len(scene.events) - before)
        while self._owed > 0:
            before = len(scene.events)
            deed = rng.choices(_DEEDS, cum_weights=_CUMULATIVE)[0]
            deed(scene, at + int(rng.random() * MINUTE_MS))
            self._owed -= len(scene.events) - before
