"""A patient enters what they measured at home."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from app.clinical import measures
from app.kernel import clock
from app.results import operations, queries
from app.results.pages.panels import Panel
from app.results.queries import Reading
from tests.results import readings
from tests.support.inspection import words
from tests.support.portal import Clinic, Visitor
from tests.support.returning import end_session, signed_in_again

PRESSURE, GLUCOSE, WEIGHT = (
    f"/results/{name}/new" for name in ("blood-pressure", "glucose", "weight")
)


@pytest.fixture
def ana(clinic: Clinic) -> Visitor:
    """The patient's browser."""
    return clinic.portal.visit(clinic.patient)


def stored(clinic: Clinic, key: str) -> list[Reading]:
    """The patient's readings of one measure."""
    assert clinic.patient.patient_id is not None
    with clinic.portal.inside():
        return queries.recent(clinic.patient.patient_id, (key,))[key]


def test_three_home_tests_are_entered_and_shown_with_their_meaning(ana: Visitor) -> None:
    assert "No readings yet" in ana.get("/results").text
    done = ana.send(PRESSURE, systolic="134", diastolic="82")
    assert done.headers["Location"] == "/results"
    assert "134 over 82 mmHg is saved." in ana.follow(done).text
    ana.send(GLUCOSE, value="5,6", unit="mmol/L", context="fasting")
    ana.send(WEIGHT, value="71.5")
    page = ana.get("/results").text
    for said in ("134 over 82 mmHg", "Stage 1 high blood pressure", "(AHA/ACC 2025)"):
        assert said in page
    for said in (
        "5.6 mmol/L",
        "at least 8 hours without food",
        "71.5 kg",
        "Lisbon time",
        "ESC 2024",
    ):
        assert said in page
    assert "Average of the last week" in ana.get("/").text


def test_reading_is_kept_as_typed_and_in_the_canonical_unit(clinic: Clinic, ana: Visitor) -> None:
    ana.send(GLUCOSE, value="5,6", unit="mmol/L", context="fasting", note="Slept badly.")
    (one,) = stored(clinic, "glucose")
    assert (str(one.values["value"]), one.unit, one.zone) == ("5.6", "mmol/L", "Europe/Lisbon")
    assert str(one.canonical["value"]) == "100.89"
    assert one.note == "Slept badly."


def test_one_reading_in_another_unit_changes_neither_chart_nor_form(
    clinic: Clinic, ana: Visitor
) -> None:
    actor = clinic.portal.actor(clinic.patient)
    with clinic.portal.inside():
        for minutes in (60, 70):
            operations.record(actor, readings.pressure("128", "82", minutes_ago=minutes))
        operations.record(actor, readings.pressure("17.1", "10.9", unit="kPa"))
    ana.get(PRESSURE)
    assert ana.filled(PRESSURE)["unit"] == "mm[Hg]"
    page = ana.get("/results").text
    assert "17.1 over 10.9 kPa" in page
    assert "(128 over 82 mmHg)" in page
    assert "under 130 over 80 mmHg is the usual goal" in page
    panel = Panel(measures.get("blood-pressure"), stored(clinic, "blood-pressure"))
    assert panel.unit == "mm[Hg]"
    with clinic.portal.app.test_request_context():
        assert panel.lines[0][1][-1][1] == 128.0
    assert str(panel.readings[0].same) == "128 over 82 mmHg"


def test_form_starts_with_now_and_the_unit_used(ana: Visitor) -> None:
    ana.send(GLUCOSE, value="5.6", unit="mmol/L", context="untimed")
    with clock.standing_at(datetime.now(UTC)):
        ana.get(GLUCOSE)
        there = clock.now().astimezone(readings.LISBON)
    filled = ana.filled(GLUCOSE)
    assert filled["unit"] == "mmol/L"
    assert (filled["day"], filled["clock"]) == (f"{there:%Y-%m-%d}", f"{there:%H:%M}")


@pytest.mark.parametrize(
    ("path", "fields", "sentence"),
    [
        (PRESSURE, {"systolic": "82", "diastolic": "134"}, "Are the two numbers swapped?"),
        (PRESSURE, {"systolic": "", "diastolic": "82"}, "Please enter a number."),
        (PRESSURE, {"systolic": "12 8", "diastolic": "82"}, "is not a number we can read"),
        (PRESSURE, {"systolic": "1e2", "diastolic": "82"}, "without the letter E"),
        (PRESSURE, {"systolic": "9" * 400, "diastolic": "82"}, "too long"),
        (PRESSURE, {"systolic": "500", "diastolic": "82"}, "should be between 50 and 300 mmHg"),
        (PRESSURE, {"systolic": "128", "diastolic": "82", "unit": "psi"}, "one of the units"),
        (PRESSURE, {"systolic": "128", "diastolic": "82", "day": "2036-01-01"}, "not come yet"),
        (PRESSURE, {"systolic": "128", "diastolic": "82", "day": "1999-01-01"}, "5 years ago"),
        (PRESSURE, {"systolic": "128", "diastolic": "82", "day": "yesterday"}, "choose the day"),
        (PRESSURE, {"systolic": "128", "diastolic": "82", "clock": "morning"}, "enter the time"),
        (
            PRESSURE,
            {"systolic": "128", "diastolic": "82", "day": "2026-03-29", "clock": "01:30"},
            "this time did not exist",
        ),
        (GLUCOSE, {"value": "100"}, "Please choose when you measured."),
        (GLUCOSE, {"value": "5.6", "context": "fasting"}, "Did you mean 5.6 mmol/L?"),
        (WEIGHT, {"value": "-71"}, "should be between"),
        (WEIGHT, {"value": "71", "note": "x" * 501}, "at most 500 characters"),
    ],
)
def test_nonsense_is_answered_beside_the_field_and_nothing_is_lost(
    clinic: Clinic, ana: Visitor, path: str, fields: dict[str, str], sentence: str
) -> None:
    answer = ana.send(path, **fields)
    assert answer.status_code == 422
    assert "<title>Error: " in answer.text
    assert ana.page is not None
    assert sentence in words(ana.page)
    assert stored(clinic, path.split("/")[2]) == []
    filled = ana.filled(path)
    for name, typed in fields.items():
        # A browser cannot send a unit that the list does not hold.
        assert typed == "psi" or filled[name] == typed


def test_number_that_looks_like_a_slip_is_asked_about_and_kept_after_a_yes(
    clinic: Clinic, ana: Visitor
) -> None:
    asked = ana.send(WEIGHT, value="215")
    assert "Is it right?" in asked.text or "did you mean" in asked.text.lower()
    assert "Yes, 215 kg is right" in asked.text
    assert stored(clinic, "weight") == []
    done = ana.post(WEIGHT, {**ana.filled(WEIGHT), "sure": "y"})
    assert done.status_code == 303
    assert len(stored(clinic, "weight")) == 1


def test_yes_to_one_number_is_not_taken_for_another(clinic: Clinic, ana: Visitor) -> None:
    ana.send(WEIGHT, value="215")
    again = ana.post(WEIGHT, {**ana.filled(WEIGHT), "sure": "y", "value": "251"})
    assert "Yes, 251 kg is right" in again.text
    assert "sure" not in ana.filled(WEIGHT)
    assert stored(clinic, "weight") == []


def test_weight_in_the_wrong_unit_is_noticed_beside_the_last_one(
    clinic: Clinic, ana: Visitor
) -> None:
    ana.send(WEIGHT, value="71")
    asked = ana.send(WEIGHT, value="156", unit="kg")
    assert "Last time it was 71 kg" in asked.text
    assert "Did you mean 156 lb?" in asked.text


def test_pressure_far_from_the_last_ones_is_asked_about_in_any_unit(
    clinic: Clinic, ana: Visitor
) -> None:
    with clinic.portal.inside():
        for minutes in (60, 70, 80):
            typed = readings.pressure("145", "90", minutes_ago=minutes)
            operations.record(clinic.portal.actor(clinic.patient), typed)
    asked = ana.send(PRESSURE, systolic="14", diastolic="9", unit="kPa")
    assert "Did you mean 140 over 90 mmHg?" in asked.text
    assert "Yes, 14 over 9 kPa is right" in asked.text
    assert "Is the new reading right?" in ana.send(PRESSURE, systolic="105", diastolic="68").text
    assert len(stored(clinic, "blood-pressure")) == 3
    done = ana.post(PRESSURE, {**ana.filled(PRESSURE), "sure": "y"})
    assert done.status_code == 303
    assert len(stored(clinic, "blood-pressure")) == 4


def test_pressure_written_in_tenths_is_guessed_and_kept_out(clinic: Clinic, ana: Visitor) -> None:
    asked = ana.send(PRESSURE, systolic="14", diastolic="9")
    assert "You wrote 14 over 9 mmHg. Did you mean 140 over 90 mmHg?" in asked.text
    assert "kPa?" not in asked.text
    assert stored(clinic, "blood-pressure") == []


def test_hour_that_came_twice_is_asked_about(clinic: Clinic, ana: Visitor) -> None:
    night = {"day": "2026-10-25", "clock": "01:30"}
    with_both = ana.send(PRESSURE, systolic="128", diastolic="82", **night)
    assert "this time came twice" in with_both.text
    done = ana.post(PRESSURE, {**ana.filled(PRESSURE), "which": "second"})
    assert done.status_code == 303
    (one,) = stored(clinic, "blood-pressure")
    assert one.taken_at == datetime(2026, 10, 25, 1, 30, tzinfo=UTC)


def test_double_click_saves_once(clinic: Clinic, ana: Visitor) -> None:
    ana.get(PRESSURE)
    fields = {**ana.filled(PRESSURE), "systolic": "128", "diastolic": "82"}
    first, second = ana.post(PRESSURE, fields), ana.post(PRESSURE, fields)
    assert first.headers["Location"] == second.headers["Location"] == "/results"
    assert len(stored(clinic, "blood-pressure")) == 1


def test_same_reading_of_the_same_minute_is_told_kindly(clinic: Clinic, ana: Visitor) -> None:
    ana.get(PRESSURE)
    fields = {**ana.filled(PRESSURE), "systolic": "128", "diastolic": "82"}
    ana.post(PRESSURE, fields)
    typed = {"day": fields["day"], "clock": fields["clock"], "note": "The second one."}
    again = ana.send(PRESSURE, systolic="128", diastolic="82", **typed)
    assert "We have this reading of that minute already" in again.text
    assert ana.filled(PRESSURE)["note"] == "The second one."
    assert len(stored(clinic, "blood-pressure")) == 1


def test_words_outlive_the_session(clinic: Clinic, ana: Visitor) -> None:
    ana.get(GLUCOSE)
    fields = {**ana.filled(GLUCOSE), "value": "5.6", "unit": "mmol/L", "note": "After lunch."}
    end_session(clinic.portal, clinic.patient)
    assert ana.post(GLUCOSE, fields).headers["Location"].startswith("/sign-in")
    again = signed_in_again(clinic.portal, clinic.patient)
    assert "We kept what you typed" in again.get(GLUCOSE).text
    kept = again.filled(GLUCOSE)
    assert (kept["value"], kept["unit"], kept["note"]) == ("5.6", "mmol/L", "After lunch.")
    assert again.post(GLUCOSE, {**kept, "context": "untimed"}).status_code == 303


def test_page_with_a_stale_token_keeps_the_reading(clinic: Clinic, ana: Visitor) -> None:
    ana.get(WEIGHT)
    answer = ana.post(WEIGHT, {**ana.filled(WEIGHT), "value": "71.5", "csrf_token": "old"})
    assert answer.status_code == 400
    ana.get(WEIGHT)
    assert ana.filled(WEIGHT)["value"] == "71.5"
    assert stored(clinic, "weight") == []


def test_dangerous_pressure_leads_at_once_to_what_to_do(clinic: Clinic, ana: Visitor) -> None:
    done = ana.send(PRESSURE, systolic="192", diastolic="118")
    assert done.headers["Location"].endswith("/what-now")
    page = ana.follow(done).text
    for said in ("measure again", "chest pain", "112", clinic.clinician.name, "192 over 118 mmHg"):
        assert said in page
    assert "What to do now" in ana.get("/results").text


def test_dangerously_low_sugar_leads_at_once_to_what_to_do(ana: Visitor) -> None:
    done = ana.send(GLUCOSE, value="2.9", unit="mmol/L", context="untimed")
    if done.status_code == 422:
        done = ana.post(GLUCOSE, {**ana.filled(GLUCOSE), "sure": "y"})
    assert "Take something sugary now" in ana.follow(done).text


def test_dangerous_reading_of_last_week_is_only_kept(ana: Visitor) -> None:
    then = (clock.now() - timedelta(days=7)).astimezone(readings.LISBON)
    day = f"{then:%Y-%m-%d}"
    done = ana.send(PRESSURE, systolic="192", diastolic="118", day=day, clock="12:00")
    assert done.headers["Location"] == "/results"
