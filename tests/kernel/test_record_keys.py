"""No settings' key takes the record or anybody's data along when it goes."""

from __future__ import annotations

from dataclasses import replace

import pytest
from click.testing import Result
from sqlalchemy import select, update

from app import create_app
from app.kernel import db
from app.kernel.crypto.models import RecordKey
from app.messages import operations as messages
from app.messages.models import Message
from tests.kernel.ledger import run, seal, sign, write
from tests.kernel.sealing import in_first_form
from tests.support.portal import Clinic, Portal

Keys = tuple[tuple[str, bytes], ...]
OLD = ("test", bytes(range(32)))
NEW = ("newer", bytes(range(100, 132)))
OTHER = ("test", bytes(range(50, 82)))


def operate(portal: Portal, *words: str, keys: Keys) -> Result:
    """A command, as an operator runs it who has these keys in the settings."""
    app = create_app(replace(portal.app.extensions["settings"], data_keys=keys))
    answer = app.test_cli_runner().invoke(args=list(words))
    app.extensions["database"].engine.dispose()
    return answer


@pytest.fixture
def clinic_on_each(portal_on_each: Portal) -> Clinic:
    """With something sealed, and a record that is sealed and signed."""
    clinic = portal_on_each.clinic()
    assert clinic.patient.patient_id is not None
    with clinic.portal.inside():
        patient = clinic.patient.patient_id
        messages.send(clinic.portal.actor(clinic.patient), patient, "words")
    seal(clinic.portal)
    sign(clinic.portal)
    write(clinic.portal, 1)
    return clinic


def test_old_key_may_go_after_a_rotation_and_everything_can_still_be_checked(
    clinic_on_each: Clinic,
) -> None:
    portal = clinic_on_each.portal
    seal(portal)
    before = run(portal, "verify").output
    rotated = operate(portal, "keys", "rotate", keys=(NEW, OLD))
    assert rotated.exit_code == 0, rotated.output
    assert "Nothing needs these any more, but perhaps a backup: test." in rotated.output
    for words in (("doctor",), ("keys", "verify"), ("audit", "verify")):
        answer = operate(portal, *words, keys=(NEW,))
        assert answer.exit_code == 0, (words, answer.output)
    # What was written since stands under the new key; one record, two keys.
    assert operate(portal, "audit", "checkpoint", keys=(NEW,)).exit_code == 0
    after = operate(portal, "audit", "verify", keys=(NEW,))
    assert after.exit_code == 0, after.output
    assert after.output.startswith("Whole")
    assert "2 checkpoints" in after.output
    assert before != after.output


def test_rotation_keeps_the_keys_of_a_record_that_no_sealer_has_seen(
    portal_on_each: Portal,
) -> None:
    write(portal_on_each, 2)
    assert operate(portal_on_each, "keys", "rotate", keys=(NEW, OLD)).exit_code == 0
    for words in (("audit", "verify"), ("audit", "checkpoint"), ("audit", "verify")):
        answer = operate(portal_on_each, *words, keys=(NEW,))
        assert answer.exit_code == 0, answer.output
    assert " 0 not sealed yet" in answer.output


def test_key_that_went_too_early_is_named_by_the_doctor_and_comes_back(
    clinic_on_each: Clinic,
) -> None:
    portal = clinic_on_each.portal
    early = operate(portal, "doctor", keys=(NEW,))
    assert early.exit_code == 1
    assert "NEARSIDE_DATA_KEYS lacks the key test, and" in early.output
    assert "Traceback" not in early.output
    record = operate(portal, "audit", "verify", keys=(NEW,))
    assert record.exit_code == 1
    assert "signature is not the portal's" in record.output
    assert operate(portal, "doctor", keys=(NEW, OLD)).exit_code == 0
    assert operate(portal, "keys", "rotate", keys=(NEW, OLD)).exit_code == 0
    assert operate(portal, "doctor", keys=(NEW,)).exit_code == 0
    assert operate(portal, "audit", "verify", keys=(NEW,)).exit_code == 0


def test_key_whose_bytes_were_changed_is_named_by_the_doctor(clinic_on_each: Clinic) -> None:
    answer = operate(clinic_on_each.portal, "doctor", keys=(OTHER,))
    assert answer.exit_code == 1
    assert "The key test of NEARSIDE_DATA_KEYS is not the one that wrapped" in answer.output


def test_key_that_still_opens_values_of_the_first_form_is_not_dispensable(
    clinic_on_each: Clinic,
) -> None:
    portal = clinic_on_each.portal
    with portal.inside(), db.writing() as session:
        message = session.scalars(select(Message)).one()
        old = in_first_form("as it was", Message.body, message.id)
        session.execute(update(Message).values(sealed_body=old))
    # Only the keys are moved on; the values would follow with the rest of the rotation.
    with portal.inside(), db.writing() as session:
        names = list(session.scalars(select(RecordKey.name)))
    assert names == ["test"]
    lacking = operate(portal, "doctor", keys=(NEW,))
    assert "values of 1 sealed columns open with it alone" in lacking.output
    rotated = operate(portal, "keys", "rotate", keys=(NEW, OLD))
    assert "perhaps a backup: test." in rotated.output
    assert operate(portal, "doctor", keys=(NEW,)).exit_code == 0


def test_newest_key_is_never_called_dispensable(clinic_on_each: Clinic) -> None:
    rotated = operate(clinic_on_each.portal, "keys", "rotate", keys=(OLD,))
    assert rotated.exit_code == 0
    assert "Nothing needs" not in rotated.output


def test_each_key_is_kept_once_however_many_processes_seal(clinic_on_each: Clinic) -> None:
    portal = clinic_on_each.portal
    for keys in ((OLD,), (NEW, OLD), (NEW, OLD)):
        write(portal, 1)
        assert operate(portal, "audit", "checkpoint", keys=keys).exit_code == 0
    with portal.inside():
        assert sorted(db.session().scalars(select(RecordKey.name))) == ["newer", "test"]
