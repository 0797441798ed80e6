"""Merkle trees hash as RFC 6962 says, and every path leads from its leaf to the root."""

from __future__ import annotations

from hashlib import sha256

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.kernel.audit import tree


def by_the_book(leaves: list[bytes]) -> bytes:
    """RFC 6962, section 2.1, word for word: split at the largest power of two below the count."""
    if not leaves:
        return sha256(b"").digest()
    if len(leaves) == 1:
        return leaves[0]
    split = 1
    while split * 2 < len(leaves):
        split *= 2
    left, right = by_the_book(leaves[:split]), by_the_book(leaves[split:])
    return sha256(b"\x01" + left + right).digest()


def climb(leaf: bytes, place: int, size: int, path: list[bytes]) -> bytes:
    """Where a path leads: neighbours to the right of an even place, to the left of an odd one."""
    steps = iter(path)
    while size > 1:
        if place % 2:
            leaf = sha256(b"\x01" + next(steps) + leaf).digest()
        elif place + 1 < size:
            leaf = sha256(b"\x01" + leaf + next(steps)).digest()
        place, size = place // 2, (size + 1) // 2
    assert not list(steps), "the path is too long"
    return leaf


def leaves_of(count: int) -> list[bytes]:
    return [tree.leaf(str(number).encode()) for number in range(count)]


# The first and the last of the published example tree of Certificate Transparency.
KNOWN = {
    1: "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
    8: "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
}
INPUTS = (
    *("", "00", "10", "2021", "3031", "40414243"),
    *("5051525354555657", "606162636465666768696a6b6c6d6e6f"),
)


@pytest.mark.parametrize("size", KNOWN)
def test_roots_are_those_of_the_published_examples(size: int) -> None:
    leaves = [tree.leaf(bytes.fromhex(one)) for one in INPUTS[:size]]
    assert tree.root(leaves).hex() == KNOWN[size]


@settings(deadline=None)
@given(st.integers(0, 300))
def test_root_is_the_one_of_the_definition(count: int) -> None:
    leaves = leaves_of(count)
    assert tree.root(leaves) == by_the_book(leaves)


@settings(deadline=None)
@given(st.integers(1, 200), st.data())
def test_every_path_leads_to_the_root(count: int, data: st.DataObject) -> None:
    leaves = leaves_of(count)
    place = data.draw(st.integers(0, count - 1))
    path = tree.path(leaves, place)
    assert climb(leaves[place], place, count, path) == tree.root(leaves)


@pytest.mark.parametrize("place", [-1, 3, 4])
def test_there_is_no_path_from_a_leaf_that_is_none(place: int) -> None:
    with pytest.raises(ValueError, match="no leaf"):
        tree.path(leaves_of(3), place)
