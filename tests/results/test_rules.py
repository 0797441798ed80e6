"""The pure rules of home readings."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.clinical import measures
from app.results import rules
from app.results.rules import Entry, Trouble, Which

LISBON = "Europe/Lisbon"
NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)
# Times on a wall clock have no zone yet; finding it is what is tested.
FIRST, LAST = (datetime.fromisoformat(day) for day in ("2022-01-01", "2027-12-31"))
ZONES = st.sampled_from(
    [LISBON, "Europe/Budapest", "America/New_York", "Asia/Kathmandu", "Australia/Lord_Howe", "UTC"]
)
PRESSURE = measures.get("blood-pressure")
GLUCOSE = measures.get("glucose")
WEIGHT = measures.get("weight")


@given(st.datetimes(FIRST, LAST), ZONES)
def test_time_on_a_wall_clock_comes_back_as_the_same_time(local: datetime, zone: str) -> None:
    found = rules.moment(f"{local:%Y-%m-%d}", f"{local:%H:%M}", zone, Which.FIRST)
    if isinstance(found, Trouble):
        assert found.sentence.text == rules.SKIPPED
        return
    back = found.astimezone(ZoneInfo(zone)).replace(tzinfo=None)
    assert back == local.replace(second=0, microsecond=0)


@given(st.text(max_size=12), st.text(max_size=8), st.text(max_size=8))
def test_nonsense_names_no_time_and_breaks_nothing(day: str, clock: str, which: str) -> None:
    found = rules.moment(day, clock, LISBON, which)
    assert isinstance(found, Trouble)


@pytest.mark.parametrize(
    ("day", "clock", "field", "sentence"),
    [
        ("", "08:00", "day", rules.NO_DAY),
        ("22/11/2026", "08:00", "day", rules.NO_DAY),
        ("2026-W47-7", "08:00", "day", rules.NO_DAY),
        ("2026-02-30", "08:00", "day", rules.NO_DAY),
        ("0001-01-01", "00:00", "day", rules.NO_DAY),
        ("2026-11-22", "", "clock", rules.NO_CLOCK),
        ("2026-11-22", "25:00", "clock", rules.NO_CLOCK),
        ("2026-11-22", "8 o'clock", "clock", rules.NO_CLOCK),
        ("2026-03-29", "01:30", "clock", rules.SKIPPED),
        ("2026-10-25", "01:30", "which", rules.TWICE),
    ],
)
def test_time_that_names_no_moment_says_why(
    day: str, clock: str, field: str, sentence: str
) -> None:
    zone = "Asia/Tokyo" if day.startswith("0001") else LISBON
    found = rules.moment(day, clock, zone)
    assert isinstance(found, Trouble)
    assert (found.field, found.sentence.text) == (field, sentence)


def test_hour_that_came_twice_is_told_apart() -> None:
    first = rules.moment("2026-10-25", "01:30", LISBON, Which.FIRST)
    second = rules.moment("2026-10-25", "01:30", LISBON, Which.SECOND)
    assert first == datetime(2026, 10, 25, 0, 30, tzinfo=UTC)
    assert second == datetime(2026, 10, 25, 1, 30, tzinfo=UTC)


def entry(**changes: str) -> Entry:
    typed = {"systolic": "128", "diastolic": "82", "unit": "mm[Hg]", "day": "2026-11-22"} | changes
    numbers = {key: typed[key] for key in ("systolic", "diastolic")}
    return Entry(PRESSURE, numbers, typed["unit"], None, typed["day"], "08:10")


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"systolic": ""}, "systolic"),
        ({"systolic": "128/82"}, "systolic"),
        ({"systolic": "82", "diastolic": "128"}, "systolic"),
        ({"systolic": "400"}, "systolic"),
        ({"diastolic": "-5"}, "diastolic"),
        ({"unit": "bar"}, "unit"),
        ({"day": "2026-11-23"}, "day"),
        ({"day": "2019-11-23"}, "day"),
    ],
)
def test_reading_that_cannot_be_is_refused_beside_its_field(
    changes: dict[str, str], field: str
) -> None:
    found = rules.examine(entry(**changes), LISBON, NOW)
    assert set(found.problems) == {field}


def test_good_reading_has_its_moment_and_no_question() -> None:
    found = rules.examine(entry(), LISBON, NOW)
    assert not found.problems
    assert not found.questions
    assert found.taken_at == datetime(2026, 11, 22, 8, 10, tzinfo=UTC)


def test_yes_to_one_number_is_no_yes_to_another() -> None:
    one = rules.examine(entry(systolic="260"), LISBON, NOW)
    same = rules.examine(entry(systolic="260,0"), LISBON, NOW)
    other = rules.examine(entry(systolic="261"), LISBON, NOW)
    assert one.questions
    assert one.token != other.token
    assert one.token == rules.examine(entry(systolic=" 260 "), LISBON, NOW).token
    assert same.problems  # A cuff shows no tenths.


@given(st.decimals(min_value=20, max_value=900, places=2, allow_nan=False))
def test_equal_numbers_are_spelled_alike(value: Decimal) -> None:
    plain = rules.spelled(WEIGHT, {"value": value})
    assert plain == rules.spelled(WEIGHT, {"value": value + Decimal("0.000")})
    assert Decimal(plain) == value
    assert "E" not in plain


@pytest.mark.parametrize(
    ("systolic", "diastolic", "urgent"),
    [(180, 120, False), (181, 80, True), (150, 121, True), (128, 82, False)],
)
def test_only_a_pressure_above_180_or_120_is_dangerous(
    systolic: int, diastolic: int, urgent: bool
) -> None:
    numbers = {"systolic": Decimal(systolic), "diastolic": Decimal(diastolic)}
    assert bool(rules.urgent_alert(PRESSURE, numbers, None, NOW, NOW)) is urgent


@pytest.mark.parametrize(("value", "urgent"), [("53.9", True), ("54", False), ("110", False)])
def test_only_a_sugar_below_54_is_dangerously_low(value: str, urgent: bool) -> None:
    found = rules.urgent_alert(GLUCOSE, {"value": Decimal(value)}, "untimed", NOW, NOW)
    assert bool(found) is urgent


def test_dangerous_reading_of_last_week_does_not_ask_to_act_now() -> None:
    numbers = {"systolic": Decimal(200), "diastolic": Decimal(100)}
    old = NOW - timedelta(days=7)
    assert rules.urgent_alert(PRESSURE, numbers, None, old, NOW) is None


def test_every_level_of_sugar_has_its_word() -> None:
    assert set(rules.LEVELS) == {alert.key for alert in GLUCOSE.alerts if alert.basis == "reading"}


def test_pressure_is_named_with_its_guideline() -> None:
    numbers = {"systolic": Decimal(132), "diastolic": Decimal(78)}
    said = rules.meaning(PRESSURE, numbers, None, "mm[Hg]", None)
    assert (str(said.says), said.guideline) == ("Stage 1 high blood pressure", "AHA/ACC 2025")


@pytest.mark.parametrize(
    ("before", "sentence"),
    [
        (None, "The first weight here"),
        ("71.5", "The same as the time before"),
        ("71", "0.5 kg more than the time before"),
        ("73", "1.5 kg less than the time before"),
    ],
)
def test_weight_is_read_as_a_change(before: str | None, sentence: str) -> None:
    last = None if before is None else {"value": Decimal(before)}
    said = rules.meaning(WEIGHT, {"value": Decimal("71.5")}, None, "kg", last)
    assert str(said.says) == sentence


@pytest.mark.parametrize(
    ("text", "page"),
    [("", 1), ("2", 2), ("0", 1), ("-3", 1), ("²", 1), ("9" * 30, 1), ("two", 1)],
)
def test_page_number_is_a_number_or_the_first(text: str, page: int) -> None:
    assert rules.page_of(text) == page


def test_last_few_pressures_say_together_what_is_usual() -> None:
    newest = [
        {"systolic": Decimal(140 + at), "diastolic": Decimal(90)} for at in (0, 2, 4, 6, 8, 10, 90)
    ]
    assert rules.usual(PRESSURE, newest) == {"systolic": Decimal(145), "diastolic": Decimal(90)}
    weights = [{"value": Decimal(71)}, {"value": Decimal(80)}]
    assert rules.usual(WEIGHT, weights) == {"value": Decimal(71)}
    assert rules.usual(PRESSURE, []) is None


@pytest.mark.parametrize(
    ("units", "drawn"),
    [
        ([], "mm[Hg]"),
        (["kPa"], "kPa"),
        (["kPa", "mm[Hg]"], "mm[Hg]"),
        (["kPa", "mm[Hg]", "mm[Hg]"], "mm[Hg]"),
        (["kPa", "kPa", "mm[Hg]"], "kPa"),
    ],
)
def test_unit_of_most_readings_is_drawn(units: list[str], drawn: str) -> None:
    assert rules.unit_of(PRESSURE, units) == drawn
