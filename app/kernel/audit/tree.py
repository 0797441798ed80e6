"""Merkle trees as RFC 6962 (section 2.1) hashes them: leaves and nodes never look alike."""

from __future__ import annotations

from collections.abc import Sequence
from hashlib import sha256

LEAF, NODE = b"\x00", b"\x01"
HASH_BYTES = 32


def leaf(data: bytes) -> bytes:
    """The hash of one entry; 32 bytes."""
    return sha256(LEAF + data).digest()


def _above(level: Sequence[bytes]) -> list[bytes]:
    """The next level: neighbours are hashed together, one without a neighbour rises as it is."""
    paired = range(0, len(level) - 1, 2)
    found = [sha256(NODE + level[at] + level[at + 1]).digest() for at in paired]
    if len(level) % 2:
        found.append(level[-1])
    return found


def root(leaves: Sequence[bytes]) -> bytes:
    """The hash that stands for all leaves in their order; 32 bytes."""
    if not leaves:
        return sha256(b"").digest()
    level = leaves
    while len(level) > 1:
        level = _above(level)
    return level[0]


def path(leaves: Sequence[bytes], place: int) -> list[bytes]:
    """The neighbours that lead from the leaf at `place` (from 0) up to the root."""
    if not 0 <= place < len(leaves):
        raise ValueError(f"there is no leaf {place} of {len(leaves)}")
    found, level = [], leaves
    while len(level) > 1:
        if (place ^ 1) < len(level):
            found.append(level[place ^ 1])
        level, place = _above(level), place // 2
    return found
