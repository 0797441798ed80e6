"""The inspection of pages: a second look at the same page is quick, and sees no less."""

from __future__ import annotations

import pytest
from html5lib.html5parser import ParseError

from tests.support.inspection import inspect

NUMBER, OTHER = "0b6f3c1e-6f0e-4c8e-9a51-2f3f8c9d1a77", "5d1c2f90-0d7e-4f6b-8a44-9b7e6a1c3e20"
TOKEN, ANOTHER = "x" * 40 + ".one", "y" * 40 + ".two"


def page(number: str = NUMBER, token: str = TOKEN, label: str = "", words: str = "") -> str:
    return (
        '<!doctype html><html lang="en"><head><title>Visits</title></head><body><h1>Visits</h1>'
        f'<form action="/visits/{number}" method="post"><p>Number {number[:8] + number[-4:]}</p>'
        f'<input type="hidden" name="csrf_token" value="{token}">'
        f'<input type="hidden" name="form_key" value="{token}">'
        f'<label for="{label or number}">Words</label><input name="words" id="{number}">'
        f"<button>Send</button></form>{words}</body></html>"
    )


@pytest.mark.parametrize(("number", "token"), [(NUMBER, TOKEN), (OTHER, ANOTHER)])
def test_page_that_was_seen_with_other_names_has_its_own(number: str, token: str) -> None:
    tree = inspect(page(number, token))
    (form,) = tree.iter("form")
    hidden, key, typed = tree.iter("input")
    assert form.get("action") == f"/visits/{number}"
    assert next(tree.iter("p")).text == f"Number {number[:8]}{number[-4:]}"
    assert [hidden.get("value"), key.get("value")] == [token, token]
    assert typed.get("id") == next(tree.iter("label")).get("for") == number


def test_tree_of_one_look_is_nobody_elses() -> None:
    next(inspect(page()).iter("h1")).text = "Something else"
    assert next(inspect(page()).iter("h1")).text == "Visits"


def test_names_that_no_longer_meet_are_seen_on_a_page_that_was_sound() -> None:
    inspect(page())
    with pytest.raises(AssertionError, match="points at nothing"):
        inspect(page(label=OTHER))


def test_name_used_twice_is_seen_where_two_names_were_sound() -> None:
    inspect(page(words=f'<p id="{OTHER}"></p>'))
    with pytest.raises(AssertionError, match="ids used twice"):
        inspect(page(words=f'<p id="{NUMBER}"></p>'))


def test_markup_that_is_none_is_seen_however_often_the_page_was_sound() -> None:
    inspect(page())
    for _ in range(2):
        with pytest.raises(ParseError):
            inspect(page(words="<p><b></p>"))
