"""A chart shows each reading where it belongs, between round numbers."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.web.plots import HEIGHT, WIDTH, number, plot, round_ticks

START = datetime(2026, 10, 3, 8, tzinfo=UTC)


def readings(*values: float) -> list[tuple[str, float]]:
    """One reading a day."""
    return [((START + timedelta(days=at)).isoformat(), value) for at, value in enumerate(values)]


def test_no_readings_draw_nothing() -> None:
    assert plot([]).count == 0
    assert plot([("Systolic", []), ("Diastolic", [])]).count == 0


def test_a_single_reading_stands_in_the_middle() -> None:
    drawn = plot(readings(120))
    assert drawn.count == 1
    assert drawn.lines[0].dots == f"M{WIDTH / 2:g} {HEIGHT / 2:g}h0"


def test_first_and_last_reading_touch_the_edges_in_time() -> None:
    drawn = plot(readings(120, 130, 140))
    assert drawn.lines[0].path.startswith("M0 ")
    assert drawn.lines[0].path.split("L")[-1].startswith(f"{WIDTH} ")


def test_readings_given_out_of_order_are_drawn_in_time() -> None:
    assert plot(readings(120, 130, 140)[::-1]) == plot(readings(120, 130, 140))


def test_readings_of_the_same_minute_keep_their_order() -> None:
    at = START.isoformat()
    assert plot([(at, 140.0), (at, 120.0), (at, 130.0)]).lines[0].latest == "130"


def test_a_small_change_does_not_look_steep() -> None:
    drawn = plot(readings(71.5, 71.7), least=4)
    assert float(drawn.ticks[0]) - float(drawn.ticks[-1]) >= 4
    first, last = (float(spot.split()[1]) for spot in drawn.lines[0].path[1:].split("L"))
    assert abs(first - last) <= HEIGHT * 0.2 / 4 + 0.1


def test_readings_far_apart_need_no_wider_axis() -> None:
    assert plot(readings(60, 80), least=4).ticks == plot(readings(60, 80)).ticks


def test_higher_readings_stand_higher() -> None:
    low, high = plot(readings(120, 140)).lines[0].path.removeprefix("M").split("L")
    assert float(high.split()[1]) < float(low.split()[1])


def test_two_series_share_one_field_and_keep_their_names() -> None:
    drawn = plot([("Systolic", readings(131, 128)), ("Diastolic", readings(82, 80))])
    assert [line.name for line in drawn.lines] == ["Systolic", "Diastolic"]
    assert (drawn.ticks[0], drawn.ticks[-1]) == ("140", "80")


def test_goal_band_fits_in_the_field_even_away_from_the_readings() -> None:
    drawn = plot(readings(150, 152), band=(110, 130))
    assert drawn.band is not None
    top, height = drawn.band
    assert top >= 0
    assert top + height <= HEIGHT


def test_a_mark_outside_the_time_shown_is_left_out() -> None:
    earlier = (START - timedelta(days=1)).isoformat()
    assert plot(readings(1, 2), mark=earlier).mark is None
    assert plot(readings(1, 2, 3), mark=(START + timedelta(days=1)).isoformat()).mark == WIDTH / 2


@pytest.mark.parametrize(("value", "words"), [(70.0, "70"), (70.5, "70.5"), (5.55, "5.55")])
def test_numbers_have_no_tail_of_zeros(value: float, words: str) -> None:
    assert number(value) == words


@given(
    st.lists(st.floats(0, 1000).map(lambda value: round(value, 1)), min_size=1),
    st.sampled_from([0.0, 4.0, 9.0]),
)
def test_few_round_numbers_hold_every_reading(values: list[float], least: float) -> None:
    ticks = round_ticks(values, least)
    assert 2 <= len(ticks) <= 7
    assert ticks[-1] - ticks[0] >= least
    assert ticks[0] <= min(values)
    assert ticks[-1] >= max(values)
