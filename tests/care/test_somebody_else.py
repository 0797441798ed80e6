"""A page about one patient stays about them while its carer looks after another in a second tab."""

from __future__ import annotations

from pathlib import Path

from playwright.sync_api import expect

from app.accounts.operations import joining
from app.kernel.actor import Role
from app.messages import operations
from tests.messages.served import serving
from tests.support.browser import Visitors
from tests.support.portal import Clinic, Portal, Someone, Templates

NEWS = "The new dose is five drops."
STOPPED = "You look after somebody else now. Open the page again."


def carer_of_two(portal: Portal, ana: Someone, jan: Someone) -> Someone:
    """Somebody who looks after Ana at first."""
    carer = portal.person(Role.CARER)
    portal.let_act(carer, ana)
    portal.let_act(carer, jan)
    return carer


def look_after(portal: Portal, carer: Someone, whom: Someone) -> None:
    """What pressing the button in another tab does."""
    actor = portal.actor(carer)
    assert whom.patient_id is not None
    with portal.inside():
        joining.look_after(actor, whom.patient_id)


def write_to(portal: Portal, clinician: Someone, patient: Someone) -> None:
    """What somebody of the team does."""
    actor = portal.actor(clinician)
    assert patient.patient_id is not None
    with portal.inside():
        operations.send(actor, patient.patient_id, NEWS)


def test_news_of_another_patient_is_neither_given_nor_counted_as_read(clinic: Clinic) -> None:
    portal, ana = clinic.portal, clinic.patient
    jan = portal.patient(clinic.clinician)
    carer = carer_of_two(portal, ana, jan)
    visitor = portal.visit(carer)
    assert visitor.get(f"/messages/since?after=0&of={ana.patient_id}").status_code == 200
    write_to(portal, clinic.clinician, jan)
    look_after(portal, carer, jan)
    late = visitor.get(f"/messages/since?after=0&of={ana.patient_id}")
    assert (late.status_code, NEWS in late.text) == (409, False)
    assert visitor.get("/").text.count("(1 new)") == 1
    now = visitor.get(f"/messages/since?after=0&of={jan.patient_id}")
    assert NEWS in now.text


def test_open_pages_stop_and_say_so(
    templates: Templates, tmp_path: Path, visitors: Visitors
) -> None:
    with serving(templates, tmp_path) as served:
        portal, ana = served.portal, served.clinic.patient
        jan = portal.patient(served.clinic.clinician)
        carer = carer_of_two(portal, ana, jan)
        talk = served.browse(visitors, carer, "/messages")
        plan = served.browse(visitors, carer, "/plan")
        look_after(portal, carer, jan)
        write_to(portal, served.clinic.clinician, jan)
        for page in (talk, plan):
            page.evaluate("dispatchEvent(new Event('online'))")
            expect(page.get_by_text(STOPPED)).to_be_visible()
        expect(talk.get_by_text(NEWS)).to_have_count(0)
        assert portal.visit(carer).get("/").text.count("(1 new)") == 1
