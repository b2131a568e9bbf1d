from anxin.gateway.rates import TokenBucket


class Clock:
    now = 1_000_000

    def __call__(self) -> int:
        return self.now


def test_a_burst_passes_and_then_the_rate() -> None:
    clock = Clock()
    bucket = TokenBucket(rate=10, burst=3, clock=clock)
    assert [bucket.take(1) for _ in range(4)] == [0, 0, 0, 1]
    clock.now += 99
    assert bucket.take(1) == 1
    clock.now += 1
    assert [bucket.take(1), bucket.take(1)] == [0, 1]


def test_seconds_to_wait_grow_with_the_need() -> None:
    bucket = TokenBucket(rate=2, burst=10, clock=Clock())
    assert bucket.take(10) == 0
    assert bucket.take(1) == 1
    assert bucket.take(6) == 3


def test_a_batch_larger_than_the_burst_overdraws() -> None:
    clock = Clock()
    bucket = TokenBucket(rate=100, burst=100, clock=clock)
    assert bucket.take(1000) == 0
    assert bucket.take(1) == 10
    clock.now += 9_010
    assert bucket.take(1) == 0


def test_no_rate_means_no_limit() -> None:
    bucket = TokenBucket(rate=0, burst=1, clock=Clock())
    assert {bucket.take(1000) for _ in range(10)} == {0}


def test_a_clock_that_goes_back_takes_nothing_away() -> None:
    clock = Clock()
    bucket = TokenBucket(rate=1, burst=2, clock=clock)
    clock.now -= 60_000
    assert [bucket.take(1), bucket.take(1), bucket.take(1)] == [0, 0, 1]
