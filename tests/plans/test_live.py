"""A plan that is signed while the patient has the page open, in a real browser."""

from __future__ import annotations

from pathlib import Path

from playwright.sync_api import expect

from tests.messages.served import serving
from tests.plans import drafts
from tests.support.browser import Visitors
from tests.support.portal import Templates

NEW = "Your plan is new. Show it"


def test_open_page_offers_the_plan_once_it_is_signed_and_not_before(
    templates: Templates, tmp_path: Path, visitors: Visitors
) -> None:
    with serving(templates, tmp_path) as served:
        portal, clinic = served.portal, served.clinic
        ana = served.browse(visitors, clinic.patient, "/plan")
        plan_id = drafts.review_at_hand_with_more(clinic)
        drafts.decide_all(portal, clinic.clinician, plan_id)
        ana.wait_for_timeout(2_500)
        expect(ana.get_by_role("link", name=NEW)).to_have_count(0)
        drafts.sign(portal, clinic.clinician, plan_id, minutes=0)
        ana.get_by_role("link", name=NEW).click()
        expect(ana.get_by_text(f"Approved by {clinic.clinician.name}")).to_be_visible()
