"""Microseconds to seal and to open one field, beside MultiFernet over the same words.

Ours binds each value to its table, column, row and patient and finds the patient's key; the rival
is what most portals use: one list of keys for everybody, and nothing bound.
"""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from statistics import median
from uuid import UUID, uuid4

from cryptography.fernet import Fernet, MultiFernet

from app.kernel.crypto.envelope import KEY_BYTES, DataKey, cell_of
from app.kernel.crypto.keyring import Keyring
from app.kernel.crypto.store import HELD_SECONDS, OwnerKeys
from app.kernel.settings import Environment
from benchmarks.figures import Figure, beside
from tests.support.portal import settings

WORDS = ("I have felt well since the new tablets, but in the evening my ankles swell. " * 7)[:500]
ROUNDS = 7
FIELDS = 4000
AIM = 1.0


def measure() -> Iterator[Figure]:
    """Sealing and opening 500 characters, both sides in turn; and how much longer they get."""
    ring, owner, row = _keyring()
    cell = cell_of("message", "sealed_body")
    rival = MultiFernet([Fernet(Fernet.generate_key()) for _ in range(2)])
    ours, theirs = ring.seal(WORDS, cell, row, owner), rival.encrypt(WORDS.encode())
    if ring.open(ours, cell, row, owner) != rival.decrypt(theirs).decode():
        raise RuntimeError("the two sides do not hold the same words")
    yield _compare(
        "sealing a field of 500 characters, MultiFernet",
        lambda: ring.seal(WORDS, cell, row, owner),
        lambda: rival.encrypt(WORDS.encode()),
    )
    yield _compare(
        "opening it again",
        lambda: ring.open(ours, cell, row, owner),
        lambda: rival.decrypt(theirs).decode(),
    )
    more, rivals = len(ours) - len(WORDS), len(theirs) - len(WORDS)
    yield beside("what is stored beyond it", "bytes", more, rivals, aim=AIM, more_is_better=False)


def _keyring() -> tuple[Keyring, UUID, UUID]:
    """A keyring that holds a patient's key, as one of a running portal does; their id, a row's."""
    ring, owner = Keyring(settings("sqlite://", Path(), Environment.TEST)), uuid4()
    key = DataKey.of(uuid4(), owner, os.urandom(KEY_BYTES))
    held = OwnerKeys(time.monotonic() + 60 * HELD_SECONDS, key, {key.number: key})
    ring.keys.hold(owner, held)
    return ring, owner, uuid4()


def _compare(name: str, ours: Callable[[], object], rival: Callable[[], object]) -> Figure:
    mine, theirs = [], []
    for _ in range(ROUNDS):
        mine.append(_microseconds(ours))
        theirs.append(_microseconds(rival))
    ratio = median(a / b for a, b in zip(mine, theirs, strict=True))
    return Figure(name, "µs", median(mine), median(theirs), ratio, AIM, more_is_better=False)


def _microseconds(act: Callable[[], object]) -> float:
    began = time.perf_counter()
    for _ in range(FIELDS):
        act()
    return (time.perf_counter() - began) / FIELDS * 1e6
