"""A patient takes their record along, on a phone, and finds in it what the pages show."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

from playwright.sync_api import Page, expect
from sqlalchemy import func, select, update

from app.accounts.models import SignIn
from app.kernel import clock, db
from app.kernel.actor import FRESH_FOR
from app.kernel.models import AuditEvent
from tests.messages.served import Served, serving
from tests.records.copies import ANSWER, NOTE, Copy, live
from tests.support.browser import PHONE, Visitors
from tests.support.portal import Templates

BESIDE = "document.documentElement.scrollWidth > document.documentElement.clientWidth"


def fits(page: Page) -> None:
    assert not page.evaluate(BESIDE), "the page is wider than the screen"


def grow_stale(served: Served) -> None:
    """The patient's last code was a while ago."""
    with served.portal.inside(), db.writing() as session:
        then = clock.now() - FRESH_FOR - timedelta(minutes=1)
        mine = update(SignIn).where(SignIn.person_id == served.clinic.patient.id)
        session.execute(mine.values(factor_at=then))


def test_copy_is_taken_on_a_phone_and_says_what_the_pages_say(
    templates: Templates, tmp_path: Path, visitors: Visitors
) -> None:
    with serving(templates, tmp_path) as served:
        live(served.clinic)
        grow_stale(served)
        ana = served.browse(visitors, served.clinic.patient, "/", viewport=PHONE)
        ana.get_by_role("link", name="Take your record with you").click()
        expect(ana.get_by_role("heading", level=1)).to_have_text("Take your record with you")
        fits(ana)
        data = downloaded(served, ana)
        copy = Copy.opened(data)
        for path, words in (("/results/blood-pressure", NOTE), ("/messages", ANSWER)):
            ana.goto(path)
            expect(ana.get_by_text(words).first).to_be_visible()
            assert words in copy.read
        ana.goto("/plan")
        actions = ana.locator(".plan-line h2").all_inner_texts()
        assert actions
        assert [one for one in actions if one not in copy.read] == []
        ana.goto("/record/seen")
        expect(ana.get_by_text("Copy taken").first).to_be_visible()
        fits(ana)
        look_at(visitors, copy, tmp_path)


def downloaded(served: Served, ana: Page) -> bytes:
    """Press, confirm, and be given the file without pressing again."""
    ana.get_by_role("button", name="Download my record").click()
    expect(ana.get_by_role("heading", level=1)).to_have_text("Please confirm that it is you")
    ana.get_by_label("Six-digit code").fill(served.portal.code(served.clinic.patient))
    with ana.expect_download() as coming:
        ana.get_by_role("button", name="Confirm").click()
    assert coming.value.suggested_filename.endswith(".zip")
    expect(ana.get_by_role("heading", level=1)).to_have_text("Your record as a file")
    expect(ana.get_by_text("where your downloads are")).to_be_visible()
    fits(ana)
    saved_again(ana)
    ana.reload()
    expect(ana.get_by_text("If no file has come, press the button.")).to_be_visible()
    assert copies(served) == 2, "loading the page again took another copy"
    saved_again(ana)
    ana.get_by_role("link", name="Back to taking your record along").click()
    expect(ana.get_by_role("heading", level=1)).to_have_text("Take your record with you")
    return Path(coming.value.path()).read_bytes()


def saved_again(ana: Page) -> None:
    """The file did not come: press the button, once the first press has had its time."""
    form = ana.locator("form[data-file]")
    expect(form).not_to_have_attribute("data-sent", "yes")
    with ana.expect_download() as again:
        ana.get_by_role("button", name="Save the file").click()
    assert again.value.failure() is None


def copies(served: Served) -> int:
    """How often the record was taken along."""
    with served.portal.inside():
        taken = select(func.count()).where(AuditEvent.tag == "record.taken")
        return db.session().scalar(taken) or 0


def look_at(visitors: Visitors, copy: Copy, directory: Path) -> None:
    """The page by itself, from the disk of a phone, light and printed."""
    file = directory / "record.html"
    file.write_bytes(copy.files["record.html"])
    page = visitors.arrive("about:blank", viewport=PHONE)
    page.goto(file.as_uri())
    expect(page.get_by_role("heading", level=1)).to_have_text("Your record")
    expect(page.get_by_role("heading", name="Your home readings")).to_be_visible()
    fits(page)
    page.emulate_media(media="print")
    expect(page.get_by_role("heading", name="Your plan", exact=True)).to_be_visible()
