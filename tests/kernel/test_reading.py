"""JSON from outside has one meaning and an end, or it is not read."""

from __future__ import annotations

import json
from typing import Any

import pytest
from flask import Flask, request
from hypothesis import given
from hypothesis import strategies as st

from app.kernel.access import anyone
from app.kernel.reading import DEEPEST, LONGEST, BadJson, loads
from app.kernel.room import Room
from tests.support.portal import ORIGIN, Portal

# What is wrong with each, and the text.
BAD: dict[str, str | bytes] = {
    "nothing": "",
    "unfinished": '{"a": 1',
    "two values": "1 2",
    "no number": '{"a": NaN}',
    "endless": '{"a": -Infinity}',
    "endless in digits": '{"a": 1e999}',
    "a number of ten thousand digits": "9" * 10_000,
    "one key twice": '{"a": 1, "a": 1}',
    "one key twice, further in": '[{"b": {"a": 1, "\\u0061": 2}}]',
    "half a letter": '{"a": "\\ud800"}',
    "half a letter in a key": '{"\\udfff": 1}',
    "half a letter, bare": '"\ud800"',
    "a hundred thousand brackets": "[" * 100_000,
    "as many, closed": "[" * 100_000 + "]" * 100_000,
    "a level too deep": "[" * (DEEPEST + 1) + "]" * (DEEPEST + 1),
    "objects a level too deep": '{"a":' * (DEEPEST + 1) + "1" + "}" * (DEEPEST + 1),
    "too long": '"' + "x" * LONGEST + '"',
    "too long in bytes alone": '"' + "é" * (LONGEST // 2) + '"',
    "no text": b"\xff\xfe",
    "another encoding": '{"a": 1}'.encode("utf-16"),
    "a mark before it": b"\xef\xbb\xbf1",
    "a comment": "1 // one",
    "a comma too many": "[1,]",
    "a control character": '"a\x07b"',
}


@pytest.mark.parametrize("what", BAD)
def test_bad_text_is_refused(what: str) -> None:
    with pytest.raises(BadJson):
        loads(BAD[what])


VALUES = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(2**62), 2**62)
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(st.characters(exclude_categories=["Cs"])),
    lambda inner: (
        st.lists(inner) | st.dictionaries(st.text(st.characters(exclude_categories=["Cs"])), inner)
    ),
    max_leaves=20,
)


@given(value=VALUES, ascii_alone=st.booleans())
def test_good_text_is_read_as_it_was_meant(value: Any, ascii_alone: bool) -> None:
    text = json.dumps(value, ensure_ascii=ascii_alone)
    if "[" * DEEPEST not in text:
        assert loads(text) == loads(text.encode()) == value


@given(text=st.text(alphabet='{}[]":,0123456789.eE+-NaInfity\\u\ud800 \n', max_size=60))
def test_any_text_is_read_or_refused(text: str) -> None:
    try:
        found = loads(text)
    except BadJson:
        return
    assert found == json.loads(text)


def test_as_deep_and_as_long_as_may_be_is_read() -> None:
    deep = "[" * DEEPEST + "]" * DEEPEST
    assert json.dumps(loads(deep)) == deep
    assert loads('"' + "x" * (LONGEST - 2) + '"') == "x" * (LONGEST - 2)
    with pytest.raises(BadJson):
        loads("[1, 2]", longest=5)


def with_a_door(app: Flask) -> None:
    """A page that answers what was sent to it."""

    def echo() -> dict[str, Any]:
        return {"sent": request.get_json()}

    room = Room("echo", "tests.support.portal")
    room.page("/echo", access=anyone(reason="a test"))(echo)
    app.register_blueprint(room.blueprint)


def test_page_that_takes_json_answers_bad_text_with_400_in_words(portal: Portal) -> None:
    with_a_door(portal.app)
    client = portal.app.test_client()
    kind = "application/json"
    good = client.get("/echo", base_url=ORIGIN, data='{"a": [1.5, "é"]}', content_type=kind)
    assert good.get_json() == {"sent": {"a": [1.5, "é"]}}
    for what, text in BAD.items():
        data = text if isinstance(text, bytes) else text.encode("utf-8", "surrogatepass")
        answer = client.get("/echo", base_url=ORIGIN, data=data, content_type=kind)
        assert answer.status_code == 400, what
        assert "That did not arrive whole" in answer.text, what
