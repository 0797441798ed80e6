"""A patient reads what was found in their genes on a phone, by keyboard, after a fresh code."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

from playwright.sync_api import FilePayload, Page, expect
from sqlalchemy import update

from app.accounts.models import SignIn
from app.kernel import clock, db
from app.kernel.actor import FRESH_FOR
from tests.care.test_inviting_in_browser import press, sees, write
from tests.genes import reports
from tests.messages.served import Served, serving
from tests.support.browser import PHONE, Visitors
from tests.support.portal import Someone, Templates

CONFIRM = "Please confirm that it is you"
OPENED = "Your gene test of 2 November 2026"


def grow_stale(served: Served, someone: Someone) -> None:
    """This person's last code was more than ten minutes ago."""
    with served.portal.inside(), db.writing() as session:
        then = clock.now() - FRESH_FOR - timedelta(minutes=1)
        mine = update(SignIn).where(SignIn.person_id == someone.id)
        session.execute(mine.values(factor_at=then))


def confirm(served: Served, page: Page, someone: Someone) -> None:
    """Give a code."""
    sees(page, CONFIRM)
    write(page, "Six-digit code", served.portal.code(someone))
    press(page, "Confirm")


def test_code_is_asked_before_a_report_opens_and_again_after_ten_minutes(
    templates: Templates, tmp_path: Path, visitors: Visitors
) -> None:
    with serving(templates, tmp_path) as served:
        patient = served.clinic.patient
        reports.add(served.clinic)
        grow_stale(served, patient)
        ana = served.browse(visitors, patient, "/results", viewport=PHONE)
        press(ana, "Gene tests")
        sees(ana, "Your genes")
        expect(ana.get_by_text(reports.LABORATORY)).to_be_visible()
        press(ana, "Open this report")
        confirm(served, ana, patient)
        sees(ana, OPENED)
        expect(ana.get_by_text("CYP2C19 works more slowly in you")).to_be_visible()
        press(ana, "Your genes")
        sees(ana, "Your genes")
        press(ana, "Open this report")
        sees(ana, OPENED)
        grow_stale(served, patient)
        ana.reload()
        sees(ana, CONFIRM)
        expect(ana.get_by_text("CYP2C19")).to_have_count(0)


def test_clinician_sends_a_file_by_keyboard_and_hears_what_is_wrong_with_it(
    templates: Templates, tmp_path: Path, visitors: Visitors
) -> None:
    with serving(templates, tmp_path) as served:
        clinic = served.clinic
        page = served.browse(
            visitors, clinic.clinician, f"/patients/{clinic.patient.patient_id}", viewport=PHONE
        )
        press(page, "Reports of gene tests")
        press(page, "Add a report from a file")
        for data in (b"hello", reports.TABLE.encode()):
            page.get_by_label("Laboratory", exact=True).fill(reports.LABORATORY)
            page.get_by_label("Day of the report").fill("2026-11-02")
            file = FilePayload(name="report.tsv", mimeType="text/plain", buffer=data)
            page.get_by_label("The laboratory's file").set_input_files(file)
            press(page, "Keep this report")
            if data == b"hello":
                expect(page.get_by_role("alert")).to_contain_text("a tab between them")
        expect(page.get_by_text("The report is kept. The patient can read it now.")).to_be_visible()
        sees(page, f"Gene test of {clinic.patient.name}, 2 November 2026")
