from anxin.gateway.health import Health


def test_the_state_is_told_most_pressing_first() -> None:
    health = Health()
    assert (health.report().status, health.report().is_ready) == ("ready", True)
    health.is_full = lambda: True
    assert (health.report().status, health.report().is_ready) == ("disk_full", False)
    health.replayed = {"shop": 0.5}
    assert health.report().encode() == b'{"status":"starting","replayed":{"shop":0.5}}'
    health.is_draining = True
    assert (health.report().status, health.report().is_ready) == ("draining", False)


def test_a_degraded_part_is_named_and_events_still_taken() -> None:
    health = Health()
    health.degraded.add("control_diverged")
    assert health.report().encode() == b'{"status":"ready","degraded":["control_diverged"]}'
    assert health.report().is_ready
