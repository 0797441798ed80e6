"""Naps: only between small batches, and only while the rate makes them worth it."""

from __future__ import annotations

import time

import pytest

from app.media.naps import FROM, MICRO, NAP_SECONDS, SMALL, UP_TO, Naps


def judged(rate: int) -> Naps:
    """What a node thinks that has received at this rate for its first second."""
    naps = Naps()
    naps.judge(MICRO, rate)
    return naps


@pytest.mark.parametrize(
    ("rate", "allowed"),
    [(0, False), (FROM - 1, False), (FROM, True), (UP_TO, True), (UP_TO + 1, False)],
)
def test_only_a_middling_rate_allows_naps(rate: int, allowed: bool) -> None:
    assert judged(rate).allowed is allowed


def test_a_judgement_holds_for_a_moment_and_is_made_anew() -> None:
    naps = judged(FROM)
    naps.judge(MICRO + 1, FROM)
    assert naps.allowed
    naps.judge(2 * MICRO, FROM + 1)
    assert not naps.allowed


def test_a_nap_follows_a_small_batch_and_no_large_one() -> None:
    naps, began = judged(FROM), time.monotonic()
    assert naps.after(SMALL - 1)
    assert time.monotonic() - began >= NAP_SECONDS
    slept: list[float] = []
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(time, "sleep", slept.append)
        assert not naps.after(SMALL)
        assert not naps.after(0)
        assert not judged(0).after(SMALL - 1)
        assert not slept
        assert naps.after(SMALL - 1)
    assert slept == [NAP_SECONDS]
