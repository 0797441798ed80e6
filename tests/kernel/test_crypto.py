"""Sealed fields open only where they were written, with a key that is still there."""

from __future__ import annotations

from pathlib import Path
from uuid import UUID, uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import event, func, select, text, update

from app.accounts import operations as accounts
from app.accounts import queries
from app.accounts.models import Authenticator
from app.kernel import db
from app.kernel.actor import Role
from app.kernel.crypto import CLINIC, Erased, SealBroken, keyring
from app.kernel.crypto.envelope import DataKey, cell_of
from app.kernel.crypto.masters import MasterKeys
from app.kernel.crypto.models import WrappedKey
from app.kernel.crypto.store import MOST_OWNERS, DataKeys, OwnerKeys
from app.kernel.models import AuditEvent
from app.messages import operations as messages
from app.messages import queries as conversations
from app.messages.models import Message
from tests.kernel.sealing import in_first_form
from tests.support.portal import Clinic, Portal

OLD, NEW = ("old", bytes(range(32))), ("new", bytes(range(32, 64)))
ROW, OWNER = uuid4(), uuid4()
CELL = cell_of("message", "sealed_body")
KEY = DataKey.of(uuid4(), OWNER, bytes(range(64, 96)))
CANARY = "canary-of-a-sealed-field"


@given(words=st.text())
def test_sealed_text_opens_where_it_was_written(words: str) -> None:
    try:
        words.encode()
    except UnicodeEncodeError:
        return
    sealed = KEY.seal(words, CELL, ROW)
    assert KEY.open(sealed, CELL, ROW) == words
    assert not words or len(words) < 4 or words.encode() not in sealed


@pytest.mark.parametrize(
    ("cell", "row", "owner"),
    [
        (cell_of("note", "sealed_body"), ROW, OWNER),
        (cell_of("message", "sealed_title"), ROW, OWNER),
        (CELL, uuid4(), OWNER),
        (CELL, ROW, uuid4()),
    ],
    ids=["table", "column", "row", "owner"],
)
def test_sealed_text_moved_elsewhere_does_not_open(cell: bytes, row: UUID, owner: UUID) -> None:
    sealed = KEY.seal("words", CELL, ROW)
    same_secret = DataKey.of(UUID(bytes=KEY.number), owner, KEY.secret)
    with pytest.raises(SealBroken, match="not written here"):
        same_secret.open(sealed, cell, row)


def test_same_words_are_never_sealed_alike() -> None:
    assert KEY.seal("words", CELL, ROW) != KEY.seal("words", CELL, ROW)


def test_changed_bytes_do_not_open(portal: Portal) -> None:
    with portal.inside():
        ring = keyring()
        sealed = ring.seal("words", CELL, ROW, OWNER)
        for at in range(len(sealed)):
            spoilt = sealed[:at] + bytes([sealed[at] ^ 1]) + sealed[at + 1 :]
            with pytest.raises(SealBroken):
                ring.open(spoilt, CELL, ROW, OWNER)
        for short in range(len(sealed)):
            with pytest.raises(SealBroken):
                ring.open(sealed[:short], CELL, ROW, OWNER)


def test_data_key_opens_under_the_settings_key_that_wrapped_it_alone() -> None:
    number, owner = uuid4(), uuid4()
    wrapped = MasterKeys((OLD,)).wrap(KEY.secret, number, owner)
    assert MasterKeys((NEW, OLD)).unwrap(wrapped, number, owner) == KEY.secret
    with pytest.raises(SealBroken, match="lacks the key"):
        MasterKeys((NEW,)).unwrap(wrapped, number, owner)
    with pytest.raises(SealBroken, match="not wrapped"):
        MasterKeys((("old", NEW[1]),)).unwrap(wrapped, number, owner)
    with pytest.raises(SealBroken, match="not wrapped"):
        MasterKeys((OLD,)).unwrap(wrapped, number, uuid4())


def test_fingerprints_stay_when_the_settings_get_a_new_key(portal: Portal) -> None:
    with portal.inside():
        before = keyring().blind("ABCD", purpose="recovery-code")
        assert keyring().blind("ABCD", purpose="form") != before
        keyring().masters = MasterKeys((NEW, ("test", bytes(range(32)))))
        keyring().keys = DataKeys(keyring().masters)
        assert keyring().blind("ABCD", purpose="recovery-code") == before


def test_value_of_the_first_form_still_opens(clinic: Clinic) -> None:
    with clinic.portal.inside():
        message = _message(clinic)
        old = in_first_form("as it was", Message.body, message.id)
        with db.writing() as session:
            session.execute(update(Message).values(sealed_body=old))
    with clinic.portal.inside():
        assert _said(clinic) == ["as it was"]


def _message(clinic: Clinic, words: str = "as it is") -> Message:
    assert clinic.patient.patient_id is not None
    messages.send(clinic.portal.actor(clinic.patient), clinic.patient.patient_id, words)
    return db.session().scalars(select(Message).order_by(Message.number.desc())).first()  # type: ignore[return-value]  # just written


def _said(clinic: Clinic) -> list[str]:
    actor, patient = clinic.portal.actor(clinic.patient), clinic.patient.patient_id
    assert patient is not None
    return [one.text for one in conversations.latest(actor, patient).messages]


def test_each_patient_has_a_key_of_their_own_and_staff_share_one(clinic: Clinic) -> None:
    other = clinic.portal.patient(clinic.clinician)
    with clinic.portal.inside():
        for someone in (clinic.patient, other):
            assert someone.patient_id is not None
            messages.send(clinic.portal.actor(someone), someone.patient_id, "words")
        owners = set(db.session().scalars(select(WrappedKey.owner)))
        assert {clinic.patient.patient_id, other.patient_id, CLINIC} <= owners
        assert not {clinic.clinician.id, clinic.coordinator.id} & owners


def test_reading_many_fields_asks_for_their_key_once(clinic: Clinic) -> None:
    with clinic.portal.inside():
        for number in range(12):
            _message(clinic, f"number {number}")
        keyring().keys = DataKeys(keyring().masters)
    asked: list[str] = []
    engine = clinic.portal.app.extensions["database"].engine
    event.listen(engine, "before_cursor_execute", lambda *given: asked.append(given[2]))
    with clinic.portal.inside():
        assert len(_said(clinic)) == 12
    assert sum("data_key" in one for one in asked) <= 2  # The patient's, and that of their names.
    asked.clear()
    with clinic.portal.inside():
        _said(clinic)
    assert not any("data_key" in one for one in asked)


def test_a_process_holds_so_many_keys_and_no_more() -> None:
    keys = DataKeys(MasterKeys((OLD,)))
    for _ in range(MOST_OWNERS + 50):
        keys.hold(uuid4(), OwnerKeys(0.0))
    assert len(keys._held) == MOST_OWNERS


def test_key_of_a_transaction_that_fails_is_not_used_afterwards(portal: Portal) -> None:
    owner = uuid4()
    with portal.inside():
        with pytest.raises(LookupError):
            _seal_and_fail(owner)
        sealed = keyring().seal("words", CELL, ROW, owner)
        assert keyring().open(sealed, CELL, ROW, owner) == "words"
        count = select(func.count()).where(WrappedKey.owner == owner)
        assert db.session().scalar(count) == 1


def _seal_and_fail(owner: UUID) -> None:
    with db.writing():
        keyring().seal("words", CELL, ROW, owner)
        raise LookupError


def test_destroyed_key_opens_nothing_and_seals_nothing(portal: Portal) -> None:
    with portal.inside():
        owner, never = uuid4(), uuid4()
        sealed = keyring().seal("words", CELL, ROW, owner)
        with db.writing():
            keyring().keys.shred(owner)
            keyring().keys.shred(never)
        with pytest.raises(Erased):
            keyring().open(sealed, CELL, ROW, owner)
        for gone in (owner, never):
            with pytest.raises(Erased):
                keyring().seal("words", CELL, ROW, gone)


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
        # Found out inside a writing transaction that failed, and written down all the same.
        assert _noted() == [("authenticator", "sealed_secret", None)] * 2


def _noted() -> list[tuple[str, str, UUID | None]]:
    rows = db.session().scalars(select(AuditEvent).where(AuditEvent.tag == "keys.seal_broken"))
    return [(one.detail["table"], one.detail["column"], one.patient_id) for one in rows]


def test_message_moved_to_another_patient_is_refused_in_words_and_noted(clinic: Clinic) -> None:
    other = clinic.portal.patient(clinic.clinician)
    with clinic.portal.inside():
        message = _message(clinic, CANARY)
        messages.send(clinic.portal.actor(other), other.patient_id, "mine")  # type: ignore[arg-type]  # a patient
        with db.writing() as session:
            # The row itself is given to somebody else, ciphertext, id and all.
            moved = update(Message).where(Message.id == message.id)
            session.execute(moved.values(patient_id=other.patient_id, number=7))
    answer = clinic.portal.visit(other).get("/messages")
    assert answer.status_code == 410
    assert "cannot be opened" in answer.text
    assert CANARY not in answer.text
    with clinic.portal.inside():
        assert _noted() == [("message", "sealed_body", other.patient_id)]
