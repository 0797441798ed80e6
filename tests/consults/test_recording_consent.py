"""Recordings are asked for only where the patient agrees to that at all, and end with that."""

from __future__ import annotations

from uuid import UUID

import pytest

from app.care.rules.consents import Purpose
from app.consults.operations import present, recording
from app.consults.queries import recording as recordings
from app.consults.rules.recording import Ending, RecordingState
from app.kernel.refusal import Refusal
from tests.care.consenting import says
from tests.consults.meeting import book
from tests.consults.test_kept_recordings import HERS, HIS, ending, running, seen
from tests.support.portal import Clinic, Portal


@pytest.fixture
def appointment(clinic: Clinic) -> UUID:
    return book(clinic.portal, clinic.patient, clinic.clinician)


def is_offered(clinic: Clinic, appointment: UUID) -> object:
    """Whether the clinician's page shows the button."""
    with clinic.portal.inside():
        return recordings.told_in(seen(clinic, appointment), clinic.clinician.id)["offered"]


def test_a_standing_no_hides_the_question_and_refuses_it(clinic: Clinic, appointment: UUID) -> None:
    assert is_offered(clinic, appointment) is True
    says(clinic.portal, clinic.patient, Purpose.RECORDING, agreed=False)
    assert is_offered(clinic, appointment) is False
    with clinic.portal.inside():
        one = seen(clinic, appointment)
        for someone, page in ((clinic.patient, HERS), (clinic.clinician, HIS)):
            present.enter(one, clinic.portal.actor(someone), page, joining=True)
        himself = clinic.portal.actor(clinic.clinician)
        with pytest.raises(Refusal) as refused:
            recording.ask(one, himself, HIS.sid, HIS.connection)
        assert refused.value.sentence is recording.NOT_AGREED
    page = clinic.portal.visit(clinic.clinician).get(f"/visits/{appointment}").text
    assert '"offered":false' in page


def test_without_a_node_it_is_the_node_that_is_missing(clinic: Clinic, appointment: UUID) -> None:
    with clinic.portal.inside():
        himself = clinic.portal.actor(clinic.clinician)
        with pytest.raises(Refusal) as refused:
            recording.ask(seen(clinic, appointment), himself, HIS.sid, HIS.connection)
        assert refused.value.sentence is recording.NO_NODE


def test_taking_the_agreement_back_ends_a_recording_at_once(portal_on_each: Portal) -> None:
    clinic = portal_on_each.clinic()
    appointment = book(clinic.portal, clinic.patient, clinic.clinician)
    with clinic.portal.inside():
        number = running(clinic, appointment)
    says(clinic.portal, clinic.patient, Purpose.RECORDING, agreed=False)
    with clinic.portal.inside():
        assert ending(clinic, number) == (RecordingState.KEPT, Ending.WITHDRAWN)
        told = recordings.told_in(seen(clinic, appointment), clinic.clinician.id)
    assert (told["state"], told["why"], told["offered"]) == ("kept", "withdrawn", False)


def test_another_purpose_ends_no_recording(clinic: Clinic, appointment: UUID) -> None:
    with clinic.portal.inside():
        number = running(clinic, appointment)
    says(clinic.portal, clinic.patient, Purpose.DRAFTING, agreed=False)
    with clinic.portal.inside():
        assert ending(clinic, number) == (RecordingState.RUNNING, None)


def test_one_patients_no_ends_nobody_elses_recording(clinic: Clinic, appointment: UUID) -> None:
    other = clinic.portal.patient(clinic.clinician)
    with clinic.portal.inside():
        number = running(clinic, appointment)
    says(clinic.portal, other, Purpose.RECORDING, agreed=False)
    with clinic.portal.inside():
        assert ending(clinic, number) == (RecordingState.RUNNING, None)
