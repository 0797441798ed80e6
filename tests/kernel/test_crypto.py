"""Sealed fields open only where they were written, with a key that is still there."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from uuid import uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import select, text

from app.accounts import operations as accounts
from app.accounts import queries
from app.accounts.models import Authenticator
from app.kernel import db
from app.kernel.actor import Role
from app.kernel.crypto import Keyring, SealBroken
from app.kernel.settings import Environment, Settings
from tests.support.portal import Portal, settings

OLD, NEW = ("old", bytes(range(32))), ("new", bytes(range(32, 64)))
ROW = uuid4()
PLACE = {"table": "message", "column": "sealed_text", "row": ROW}
CANARY = "canary-of-a-sealed-field"


def ring(*keys: tuple[str, bytes]) -> Keyring:
    base: Settings = settings("sqlite://", Path(), Environment.TEST)
    return Keyring(replace(base, data_keys=keys))


@given(words=st.text())
def test_sealed_text_opens_where_it_was_written(words: str) -> None:
    try:
        words.encode()
    except UnicodeEncodeError:
        return
    keys = ring(OLD)
    sealed = keys.seal(words, **PLACE)
    assert keys.open(sealed, **PLACE) == words
    assert not words or len(words) < 4 or words.encode() not in sealed


@pytest.mark.parametrize(
    "moved",
    [{"table": "note"}, {"column": "sealed_title"}, {"row": uuid4()}],
    ids=lambda m: next(iter(m)),
)
def test_sealed_text_moved_to_another_place_does_not_open(moved: dict[str, object]) -> None:
    keys = ring(OLD)
    sealed = keys.seal("words", **PLACE)
    with pytest.raises(SealBroken, match="not written here"):
        keys.open(sealed, **{**PLACE, **moved})  # type: ignore[arg-type]  # a mixed mapping


def test_changed_bytes_do_not_open() -> None:
    keys = ring(OLD)
    sealed = keys.seal("words", **PLACE)
    for at in range(len(sealed)):
        spoilt = sealed[:at] + bytes([sealed[at] ^ 1]) + sealed[at + 1 :]
        with pytest.raises(SealBroken):
            keys.open(spoilt, **PLACE)
    for short in range(len(sealed)):
        with pytest.raises(SealBroken):
            keys.open(sealed[:short], **PLACE)


def test_same_words_are_never_sealed_alike() -> None:
    keys = ring(OLD)
    assert keys.seal("words", **PLACE) != keys.seal("words", **PLACE)


def test_wrong_key_under_the_right_name_does_not_open() -> None:
    sealed = ring(OLD).seal("words", **PLACE)
    with pytest.raises(SealBroken, match="not written here"):
        ring(("old", NEW[1])).open(sealed, **PLACE)


def test_missing_key_does_not_open() -> None:
    sealed = ring(OLD).seal("words", **PLACE)
    with pytest.raises(SealBroken, match="unknown"):
        ring(NEW).open(sealed, **PLACE)


def test_after_rotation_old_words_open_and_new_words_use_the_new_key() -> None:
    old = ring(OLD).seal("old words", **PLACE)
    both = ring(NEW, OLD)
    assert both.open(old, **PLACE) == "old words"
    new = both.seal("new words", **PLACE)
    assert ring(NEW).open(new, **PLACE) == "new words"


def test_rotation_keeps_fingerprints_so_that_recovery_codes_still_work() -> None:
    before = ring(OLD).blind("ABCD", purpose="recovery-code")
    assert ring(NEW, OLD).blind("ABCD", purpose="recovery-code") == before
    assert ring(NEW, OLD).blind("ABCD", purpose="form") != before


def test_sealed_words_are_nowhere_in_the_files_of_the_database(
    portal: Portal, tmp_path: Path
) -> None:
    ana = portal.person(Role.PATIENT)
    with portal.inside():
        with db.writing():
            factor = queries.authenticator_of(ana.id)
            assert factor is not None
            factor.codes = CANARY
            db.session().execute(text("UPDATE person SET title = 'plainly-visible'"))
        raw = b"".join(path.read_bytes() for path in tmp_path.glob("portal.db*"))
    assert b"plainly-visible" in raw, "the test must be looking at the right bytes"
    assert CANARY.encode() not in raw
    with portal.inside():
        found = queries.authenticator_of(ana.id)
        assert found is not None
        assert found.codes == CANARY


def test_swapping_two_peoples_secrets_in_the_database_opens_neither(portal: Portal) -> None:
    people = [portal.person(Role.PATIENT), portal.person(Role.PATIENT)]
    with portal.inside():
        with db.writing() as session:
            rows = session.scalars(select(Authenticator)).all()
            first, second = rows[0], rows[1]
            first.sealed_secret, second.sealed_secret = second.sealed_secret, first.sealed_secret
        for person in people:
            with pytest.raises(SealBroken):
                accounts.confirm_with_code(portal.actor(person), "123456", "test")
