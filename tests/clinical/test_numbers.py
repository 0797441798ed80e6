"""Numbers as people type them."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.clinical import numbers
from app.clinical.errors import UnreadableNumber


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("5.6", "5.6"),
        ("5,6", "5.6"),
        ("  128 ", "128"),
        ("\N{NO-BREAK SPACE}72\N{NO-BREAK SPACE}", "72"),
        (".5", "0.5"),
        ("007", "7"),
        ("-3", "-3"),
        ("\N{MINUS SIGN}3", "-3"),
        ("+4", "4"),
    ],
)
def test_a_plain_number_is_read_and_kept_as_typed(text: str, value: str) -> None:
    read = numbers.read(text)
    assert read.value == Decimal(value)
    assert read.entered == text.strip()


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("", numbers.EMPTY),
        ("   ", numbers.EMPTY),
        ("abc", numbers.NOT_A_NUMBER),
        ("120 mmHg", numbers.NOT_A_NUMBER),
        ("12 5", numbers.NOT_A_NUMBER),
        ("5.", numbers.NOT_A_NUMBER),
        ("--5", numbers.NOT_A_NUMBER),
        ("nan", numbers.NOT_A_NUMBER),
        ("Infinity", numbers.NOT_A_NUMBER),
        ("1_000", numbers.NOT_A_NUMBER),
        ("0x10", numbers.NOT_A_NUMBER),
        ("<script>", numbers.NOT_A_NUMBER),
        ("5\n6", numbers.NOT_A_NUMBER),
        ("1.2.3", numbers.TWO_MARKS),
        ("1,234.5", numbers.TWO_MARKS),
        ("1e2", numbers.EXPONENT),
        ("5,6E-1", numbers.EXPONENT),
        ("١٢٠", numbers.OTHER_DIGITS),
        ("\N{FULLWIDTH DIGIT ONE}20", numbers.OTHER_DIGITS),
        ("5²", numbers.OTHER_DIGITS),
        ("1" * 21, numbers.TOO_LONG),
        ("9" * 1_000_000, numbers.TOO_LONG),
        ("a hundred and seventy centimetres", numbers.NOT_A_NUMBER),
        ("x" * 1_000_000, numbers.NOT_A_NUMBER),
    ],
)
def test_anything_else_is_refused_with_a_sentence_that_helps(text: str, sentence: str) -> None:
    with pytest.raises(UnreadableNumber) as refused:
        numbers.read(text)
    assert refused.value.sentence.text == sentence


def test_what_was_typed_stands_in_the_sentence() -> None:
    with pytest.raises(UnreadableNumber) as refused:
        numbers.read("12o", field="systolic")
    assert "“12o”" in str(refused.value.sentence)
    assert refused.value.field == "systolic"


def test_long_words_are_named_by_their_beginning() -> None:
    with pytest.raises(UnreadableNumber) as refused:
        numbers.read("x" * 1_000_000)
    assert len(str(refused.value.sentence)) < 100


def test_one_digit_is_said_in_the_singular() -> None:
    with pytest.raises(UnreadableNumber) as refused:
        numbers.read("5.67", decimals=1)
    assert str(refused.value.sentence) == "Please use no more than one digit after the point."


@pytest.mark.parametrize(("text", "decimals"), [("120.5", 0), ("5.67", 1), ("1,234", 2)])
def test_more_digits_after_the_point_than_a_device_shows_are_refused(
    text: str, decimals: int
) -> None:
    with pytest.raises(UnreadableNumber) as refused:
        numbers.read(text, decimals=decimals)
    expected = (numbers.WHOLE_ONLY, numbers.ONE_DIGIT, numbers.TOO_PRECISE)[decimals]
    assert refused.value.sentence.text == expected
    assert numbers.read(text, decimals=decimals + (3 - decimals)).entered == text


@given(st.decimals(min_value=-9999, max_value=9999, places=2))
def test_comma_and_point_mean_the_same(value: Decimal) -> None:
    with_point = numbers.read(str(value))
    with_comma = numbers.read(str(value).replace(".", ","))
    assert with_point.value == with_comma.value == value


@given(st.text(max_size=30))
def test_any_text_is_read_or_refused_and_never_breaks(text: str) -> None:
    try:
        read = numbers.read(text)
    except UnreadableNumber as refused:
        said = str(refused.sentence)
    else:
        said = read.entered
        assert read.value.is_finite()
        assert set(said) <= set("0123456789.,+-\N{MINUS SIGN}")
    assert said
