"""Keys move on while people work, and every seal can be asked whether it opens."""

from __future__ import annotations

import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from click.testing import Result
from sqlalchemy import func, select, update

from app import create_app
from app.kernel import clock, db
from app.kernel.crypto import keyring, rotation
from app.kernel.crypto.envelope import key_number
from app.kernel.crypto.models import SealingAnew, WrappedKey
from app.kernel.crypto.sealed import sealed_attributes
from app.kernel.models import AuditEvent
from app.messages import operations as messages
from app.messages import queries as conversations
from app.messages.models import Message
from app.plans.models import PlanLine
from tests.kernel.sealing import in_first_form
from tests.plans import drafts
from tests.support.portal import Clinic, Portal

NEWER = ("newer", bytes(range(100, 132)))
OLDER = ("test", bytes(range(32)))
MESSAGES = 120
WAIT_SECONDS = 60.0


def command(portal: Portal, *words: str, keys: tuple[tuple[str, bytes], ...] = (OLDER,)) -> Result:
    """Run `keys ...` as an operator would, in an application of its own with these keys."""
    app = create_app(replace(portal.app.extensions["settings"], data_keys=keys))
    answer = app.test_cli_runner().invoke(args=["keys", *words])
    app.extensions["database"].engine.dispose()
    return answer


def write(clinic: Clinic, *words: str) -> None:
    assert clinic.patient.patient_id is not None
    with clinic.portal.inside():
        for one in words:
            messages.send(clinic.portal.actor(clinic.patient), clinic.patient.patient_id, one)


def said(clinic: Clinic) -> list[str]:
    with clinic.portal.inside():
        return [one.body for one in db.session().scalars(select(Message).order_by(Message.number))]


@pytest.fixture
def clinic_on_each(portal_on_each: Portal) -> Clinic:
    return portal_on_each.clinic()


def test_newest_key_wraps_every_data_key_and_the_old_one_may_go(clinic_on_each: Clinic) -> None:
    clinic = clinic_on_each
    write(clinic, "written before")
    before = _sealed(clinic)
    answer = command(clinic.portal, "rotate", keys=(NEWER, OLDER))
    assert answer.exit_code == 0, answer.output
    assert command(clinic.portal, "verify", keys=(NEWER,)).exit_code == 0
    refused = command(clinic.portal, "verify", keys=(OLDER,))
    assert refused.exit_code == 1
    assert "lacks the key" in refused.output
    assert _sealed(clinic) == before  # No value had to be touched for it.
    with clinic.portal.inside():
        event = select(AuditEvent.detail).where(AuditEvent.tag == "keys.rotated")
        assert db.session().scalars(event).one()["wrapped"] > 2


def _sealed(clinic: Clinic) -> list[bytes]:
    with clinic.portal.inside():
        return list(db.session().scalars(select(Message.sealed_body).order_by(Message.number)))


def test_values_of_the_first_form_are_sealed_anew_also_in_signed_plans(
    clinic_on_each: Clinic,
) -> None:
    clinic = clinic_on_each
    plan_id = drafts.active_at_hand(clinic)
    write(clinic, "written before")
    with clinic.portal.inside():
        lines = [one.words_json or one.suggestion_json for one in _lines(plan_id)]
        count = _everything_in_first_form()
        assert count > 5
    answer = command(clinic.portal, "rotate")
    assert answer.exit_code == 0, answer.output
    assert f"Values sealed anew: {count}." in answer.output
    with clinic.portal.inside():
        for one in sealed_attributes():
            for sealed in db.session().scalars(select(one.stored).where(one.is_set)):
                assert sealed[:1] == b"\x02", one
        assert [one.words_json or one.suggestion_json for one in _lines(plan_id)] == lines
        assert db.session().scalar(select(func.count()).select_from(SealingAnew)) == 0
    assert said(clinic) == ["written before"]
    assert "sealed anew: 0" in command(clinic.portal, "rotate").output


def _lines(plan_id: object) -> list[PlanLine]:
    asked = select(PlanLine).where(PlanLine.plan_id == plan_id).order_by(PlanLine.position)
    return list(db.session().scalars(asked))


def _everything_in_first_form() -> int:
    """Write every sealed value as a portal without data keys did; answers how many."""
    count = 0
    with db.writing() as session:
        rotation._open_the_door(session)
        for one in sealed_attributes():
            for row in session.scalars(select(one.model).where(one.is_set)).all():
                text = one.open(getattr(row, one.column), row.id, one.owner(row))
                old = in_first_form(text, one, row.id)
                statement = update(one.model.__table__).where(one.model.id == row.id)
                session.connection().execute(statement.values({one.column: old}))
                count += 1
        rotation._close_the_door(session)
    return count


def test_rotation_that_is_killed_half_way_under_load_is_resumed(
    clinic_on_each: Clinic, tmp_path: Path
) -> None:
    clinic = clinic_on_each
    write(clinic, *(f"before {number}" for number in range(MESSAGES)))
    with clinic.portal.inside():
        url = db.database().engine.url.render_as_string(hide_password=False)
    with _writing_meanwhile(clinic) as written:
        process = subprocess.Popen(
            [sys.executable, "-m", "tests.kernel.rotating", url, str(tmp_path)]
        )
        _until(lambda: _told(tmp_path) > 20)
        process.kill()
        process.wait()
        with clinic.portal.inside():
            old = _under_old_keys()
            assert old > 0, "it was killed too late to show anything"
        assert command(clinic.portal, "rotate").exit_code == 0
    # What this process sealed with a key that it held meanwhile, the next rotation finds.
    assert command(clinic.portal, "rotate").exit_code == 0
    with clinic.portal.inside():
        assert _under_old_keys() == 0
    assert len(written) > 3
    assert said(clinic) == [f"before {number}" for number in range(MESSAGES)] + written
    assert command(clinic.portal, "verify").exit_code == 0


def _told(directory: Path) -> int:
    path = directory / "told"
    return int(path.read_text() or 0) if path.exists() else 0


def _until(done: object) -> None:
    deadline = time.monotonic() + WAIT_SECONDS
    while not done():  # type: ignore[operator]  # a function
        assert time.monotonic() < deadline
        time.sleep(0.01)


def _under_old_keys() -> int:
    asked = select(WrappedKey.id).where(WrappedKey.retired_at.is_not(None))
    retired = {one.bytes for one in db.session().scalars(asked)}
    values = db.session().scalars(select(Message.sealed_body))
    return sum(key_number(one) in retired for one in values)


@contextmanager
def _writing_meanwhile(clinic: Clinic) -> Iterator[list[str]]:
    """Somebody writes a message after the other until the end; answers what was acknowledged."""
    written: list[str] = []
    over = threading.Event()

    def go() -> None:
        while not over.is_set():
            words = f"meanwhile {len(written)}"
            write(clinic, words)
            written.append(words)
            time.sleep(0.05)

    thread = threading.Thread(target=go)
    thread.start()
    try:
        yield written
    finally:
        over.set()
        thread.join()


def test_retired_key_is_destroyed_when_nobody_can_be_using_it(clinic_on_each: Clinic) -> None:
    clinic = clinic_on_each
    write(clinic, "written before")
    first = command(clinic.portal, "rotate", "--renew")
    assert "stay for now" in first.output
    with clinic.portal.inside(), clock.standing_at(clock.now() + timedelta(minutes=4)):
        answer = command(clinic.portal, "rotate")
        assert answer.exit_code == 0, answer.output
        assert "stay for now" not in answer.output
        left = select(func.count()).where(
            WrappedKey.retired_at.is_not(None), WrappedKey.wrapped.is_not(None)
        )
        assert db.session().scalar(left) == 0
    keyring_of(clinic).keys._held.clear()
    assert said(clinic) == ["written before"]


def keyring_of(clinic: Clinic) -> object:
    with clinic.portal.inside():
        return keyring()


def test_verify_names_the_first_value_that_does_not_open(clinic_on_each: Clinic) -> None:
    clinic = clinic_on_each
    write(clinic, "one", "two")
    whole = command(clinic.portal, "verify")
    assert whole.exit_code == 0
    assert "Every seal opens" in whole.output
    with clinic.portal.inside(), db.writing() as session:
        first, second = session.scalars(select(Message).order_by(Message.number)).all()
        first.sealed_body, second.sealed_body = second.sealed_body, first.sealed_body
        bad = min(first.id, second.id, key=lambda one: one.hex)
    answer = command(clinic.portal, "verify")
    assert answer.exit_code == 1
    assert f"message.sealed_body of {bad}: not written here" in answer.output
    rotated = command(clinic.portal, "rotate", "--renew")
    assert rotated.exit_code == 1
    assert "2 values did not open" in rotated.output


def test_patients_page_is_the_same_after_their_key_was_renewed(clinic: Clinic) -> None:
    write(clinic, "still here")
    assert command(clinic.portal, "rotate", "--renew").exit_code == 0
    write(clinic, "and this")
    with clinic.portal.inside():
        assert clinic.patient.patient_id is not None
        found = conversations.latest(clinic.portal.actor(clinic.patient), clinic.patient.patient_id)
    assert [one.text for one in found.messages] == ["still here", "and this"]
