"""Scenarios the simulator does not play by itself: listed sources, anonymity, changed habits, a returning offender."""

from __future__ import annotations

from collections.abc import Callable

from anxin.simulator import places
from anxin.simulator.people import Address, Card, Device
from anxin.simulator.scenario import Scenario
from anxin.simulator.stage import DAY, HOUR, MINUTE, Stage


def _listed_source(stage: Stage) -> None:
    """Sign in on a black-listed device, open a listed page, pay with a listed card to a listed address."""
    user = stage.newcomer(age_days=30)
    session = stage.session(user, device=Device("example-blocked-device", "fp", "android"))
    stage.login(session, new_device=True)
    stage.act(session, "link.clicked", domain="www.refund-claim.example", verdict="unknown", source="chat")
    user.cards.insert(0, Card("example-stolen-card", "622200"))
    order = stage.order(session, address=Address("example-drop-address", user.place, "ph_listed"))
    stage.act_money(session, "payment.attempted", **stage.payment_fields(order))


def _anonymous_visitor(stage: Stage) -> None:
    """Sign in through an anonymity network."""
    exit_node = places.Connection("198.51.100.7", 64999, "tor")
    stage.login(stage.session(stage.newcomer(age_days=9), connection=exit_node))


def _crowded_line(stage: Stage) -> None:
    """Register 65 accounts over one fixed line within a day, slowly and by hand."""
    line = places.residential(places.PROVINCES[8], stage.rng)
    for _ in range(65):
        stage.wait(20 * MINUTE)
        bot = stage.newcomer(place=places.PROVINCES[8])
        session = stage.session(bot, device=stage.people.device("web"), connection=line)
        stage.act(session, "account.registered", form_ms=stage.rng.randrange(9_000, 90_000))


def _broken_habit(stage: Stage) -> None:
    """Live by day for a week, then send money at half past two at night over three networks of one session."""
    user = stage.newcomer(age_days=300)
    with stage.groundwork():
        for _ in range(24):
            stage.login(stage.session(user))
            stage.wait(20 * MINUTE, 0)
        stage.wait(2 * DAY, 0)
    hours_on = (2 - (stage.now // 3_600_000 + 8)) % 24
    stage.wait(hours_on * HOUR + 30 * MINUTE, 0)
    session = stage.session(user)
    stage.login(session)
    for number in range(3):
        stage.wait(2 * MINUTE, 0)
        session.envelope["ip"] = f"10.9{number}.4.7"
        stage.transfer(session, 20_000, user.payees[0])


def _returning_offender(stage: Stage) -> None:
    """Order again three days after a confirmed fraud."""
    session = stage.session(stage.newcomer(age_days=40))
    stage.act(session, "label.recorded", label="fraud", source="case_verdict", is_fraud=True)
    stage.wait(3 * DAY)
    stage.pay_history(session.user, payments=1)


def _coupon_counter(stage: Stage) -> None:
    """Redeem coupons of 14 accounts on one phone, to 14 addresses."""
    phone = stage.people.device("android")
    for _ in range(14):
        stage.wait(HOUR)
        user = stage.newcomer(age_days=3)
        session = stage.session(user, device=phone)
        stage.act_money(
            session, "coupon.redeemed", campaign="camp_001", value=1_000, addr_token=user.addresses[0].token
        )


def _scenario(name: str, rules: tuple[str, ...], play: Callable[[Stage], None], hours: range = range(24)) -> Scenario:
    return Scenario(name=name, zh=name, en=name, taxonomy="ACC", rules=rules, play=play, hours=hours)


MORE = (
    _scenario("listed_source", ("RA15", "RC14", "RT28", "RT29"), _listed_source),
    _scenario("anonymous_visitor", ("RA18",), _anonymous_visitor),
    _scenario("crowded_line", ("RA20",), _crowded_line),
    _scenario("broken_habit", ("RA19", "RT23"), _broken_habit, range(9, 10)),
    _scenario("returning_offender", ("RT24",), _returning_offender),
    _scenario("coupon_counter", ("RT25",), _coupon_counter),
)
