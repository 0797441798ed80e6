"""Sentences that travel to another language and back from storage."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime
from decimal import Decimal

import pytest

from app.clinical.sentences import N_, Sentence, Value

DAY = date(2026, 11, 2)


def test_a_sentence_is_translated_before_its_values_are_filled_in() -> None:
    said = Sentence("You wrote %(value)s on %(day)s.", {"value": Decimal("5.60"), "day": DAY})
    assert str(said) == "You wrote 5.6 on 2 November 2026."
    portuguese = {"You wrote %(value)s on %(day)s.": "Em %(day)s escreveu %(value)s."}
    assert said.say(portuguese.__getitem__, lambda value: f"<{value}>") == (
        "Em <2026-11-02> escreveu <5.60>."
    )


def test_a_sentence_within_a_sentence_is_translated_too() -> None:
    said = Sentence("About %(topic)s", {"topic": Sentence("salt")})
    portuguese = {"About %(topic)s": "Sobre %(topic)s", "salt": "sal"}
    assert said.say(portuguese.__getitem__) == "Sobre sal"


def test_a_percent_sign_is_only_a_percent_sign_where_nothing_is_filled_in() -> None:
    assert str(Sentence("100 % sure")) == "100 % sure"


def test_marking_changes_nothing() -> None:
    assert N_("Hello") == "Hello"


@pytest.mark.parametrize(
    "value",
    ["word", 12, Decimal("5.60"), DAY, datetime(2026, 11, 2, 8, 30, tzinfo=UTC), Sentence("salt")],
)
def test_a_stored_sentence_comes_back_as_it_was(value: Value) -> None:
    said = Sentence("It is %(x)s", {"x": value})
    kept = json.loads(json.dumps(said.to_json()))
    back = Sentence.from_json(kept)
    assert back == said
    assert hash(back) == hash(said)
    assert type(back.values["x"]) is type(value)


def test_a_stored_value_of_another_kind_is_refused() -> None:
    with pytest.raises(ValueError, match="stored sentence"):
        Sentence.from_json({"text": "%(x)s", "values": {"x": [1]}})


def test_round_numbers_are_written_out() -> None:
    assert str(Sentence("%(x)s", {"x": Decimal("1.5E+3")})) == "1500"
    assert str(Sentence("%(x)s", {"x": Decimal("0.00")})) == "0"
