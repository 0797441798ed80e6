"""What a socket sends is read into a shape, or refused; nothing else can happen."""

from __future__ import annotations

from dataclasses import dataclass, field
from uuid import UUID, uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.kernel.payload import BadPayload, read


@dataclass(frozen=True)
class Note:
    number: UUID
    words: str = field(metadata={"longest": 10})
    count: int = 0
    loud: bool = False


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
    max_leaves=20,
)
KEYS = st.sampled_from(["number", "words", "count", "loud"])
NEARLY = st.dictionaries(KEYS, JSON | st.uuids().map(str), max_size=4)
NUMBER = str(uuid4())


@given(data=JSON | NEARLY)
def test_anything_at_all_is_read_or_refused(data: object) -> None:
    try:
        note = read(Note, data)
    except BadPayload:
        return
    assert isinstance(note.number, UUID)
    assert isinstance(note.words, str)
    assert type(note.count) is int
    assert type(note.loud) is bool


def test_whole_note_is_read() -> None:
    note = read(Note, {"number": NUMBER, "words": "hello", "count": 2, "loud": True})
    assert note == Note(UUID(NUMBER), "hello", 2, True)


@pytest.mark.parametrize(
    "changed",
    [
        {"words": "more than ten"},
        {"words": "\ud800"},
        {"words": "a\0b"},
        {"words": 1},
        {"words": None},
        {"number": "1"},
        {"number": 1},
        {"number": "0" * 400},
        {"count": True},
        {"count": "1"},
        {"count": 1.0},
        {"count": 2**63},
        {"count": -(10**30)},
        {"loud": 1},
        {"other": 1},
    ],
    ids=str,
)
def test_wrong_part_is_refused(changed: dict[str, object]) -> None:
    with pytest.raises(BadPayload):
        read(Note, {"number": NUMBER, "words": "hello", **changed})


@pytest.mark.parametrize("lacking", ["number", "words"])
def test_missing_part_is_refused(lacking: str) -> None:
    whole = {"number": NUMBER, "words": "hello"}
    del whole[lacking]
    with pytest.raises(BadPayload, match="missing"):
        read(Note, whole)
