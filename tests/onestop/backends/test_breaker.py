from __future__ import annotations

from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from onestop.backends.breaker import CircuitBreaker
from onestop.backends.worker import Policy

START = datetime(2026, 11, 24, 3, tzinfo=UTC)


def test_it_opens_at_the_threshold_and_lets_one_call_through_after_its_rest() -> None:
    breaker = CircuitBreaker(threshold=3, rest=timedelta(seconds=30))
    for _ in range(2):
        breaker.failed(START)
    assert breaker.allows(START)
    breaker.failed(START)
    assert not breaker.allows(START + timedelta(seconds=29))
    later = START + timedelta(seconds=30)
    assert breaker.allows(later)
    breaker.failed(later)
    assert not breaker.allows(later + timedelta(seconds=29))
    breaker.succeeded()
    assert breaker.allows(later)


@given(st.integers(1, 10_000), st.floats(0, 1))
def test_pauses_grow_to_the_longest_and_never_beyond(failures: int, chance: float) -> None:
    policy = Policy()
    pause = policy.pause(failures, chance)
    assert policy.first_pause / 2 <= pause <= policy.longest_pause
    assert policy.pause(failures + 1, chance) >= pause
