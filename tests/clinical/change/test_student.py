"""Student's t against printed tables."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.clinical.baselines.student import normal_quantile, quantile, two_sided


@pytest.mark.parametrize(
    ("confidence", "df", "expected"),
    [  # Critical values as printed in any statistical table (NIST/SEMATECH 1.3.6.7.2).
        (0.95, 1, 12.706),
        (0.95, 2, 4.303),
        (0.95, 5, 2.571),
        (0.95, 10, 2.228),
        (0.95, 30, 2.042),
        (0.95, 100, 1.984),
        (0.99, 5, 4.032),
        (0.99, 20, 2.845),
        (0.80, 8, 1.397),
        (0.998, 3, 10.215),
    ],
)
def test_critical_values_are_those_of_the_tables(
    confidence: float, df: int, expected: float
) -> None:
    assert quantile(confidence, df) == pytest.approx(expected, abs=0.0006)


def test_with_many_degrees_of_freedom_t_is_normal() -> None:
    assert quantile(0.95, 1_000_000) == pytest.approx(normal_quantile(0.95), abs=1e-5)
    assert normal_quantile(0.95) == pytest.approx(1.959964, abs=1e-6)


@given(st.floats(0, 50), st.integers(1, 200))
def test_further_out_is_never_likelier(t: float, df: int) -> None:
    here = two_sided(t, df)
    assert 0 <= two_sided(t + 0.5, df) <= here <= 1
    assert two_sided(-t, df) == here


@given(st.floats(0.01, 0.999), st.integers(1, 200))
def test_quantile_and_tail_undo_each_other(confidence: float, df: int) -> None:
    assert two_sided(quantile(confidence, df), df) == pytest.approx(1 - confidence, abs=1e-9)


def test_at_nothing_the_tail_is_everything() -> None:
    assert two_sided(0.0, 7) == 1.0
