"""The table of looks: whatever people are called, a spreadsheet works nothing out."""

from __future__ import annotations

import csv
from io import StringIO

import pytest
from hypothesis import given
from hypothesis import strategies as some

from app.records.pages import access_log
from tests.support.portal import Clinic

BEGIN = ("=", "+", "-", "@", "\t", "\r")


def cells(line: bytes) -> list[str]:
    """A line as a spreadsheet splits it."""
    (row,) = csv.reader(StringIO(line.decode(), newline=""))
    return row


@pytest.mark.parametrize("first", [*BEGIN, "\n", "\uff1d", "\uff20"])
def test_cell_that_would_be_a_formula_is_marked_as_words(first: str) -> None:
    said = f"{first}1+cmd|'/C calc'!A0"
    assert cells(access_log.line([said, "plain"])) == [f"'{said}", "plain"]


def test_quotes_and_separators_stay_in_their_cell() -> None:
    said = ['a "name", of sorts', "one;two\ttabs", "first\r\nsecond", ""]
    assert cells(access_log.line(said)) == said


@given(some.lists(some.text(some.characters(exclude_categories=["Cs"]), max_size=30), min_size=1))
def test_every_line_reads_back_and_begins_no_formula(said: list[str]) -> None:
    found = cells(access_log.line(said))
    assert [one.removeprefix("'") for one in found] == [one.removeprefix("'") for one in said]
    assert not [one for one in found if one.startswith(BEGIN)]


def test_table_says_that_it_is_unicode(clinic: Clinic) -> None:
    with clinic.portal.app.test_request_context(), clinic.portal.inside():
        assert next(iter(access_log.table(None))) == b"\xef\xbb\xbf"  # type: ignore[arg-type]  # it is read line by line
