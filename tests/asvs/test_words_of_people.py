"""Whatever people type stays words: in pages, in data for scripts, in addresses, in queries."""

from __future__ import annotations

import json
from typing import Any

import pytest

from app.kernel.actor import Role
from app.kernel.settings import Environment
from app.plans.operations import reviewing
from app.plans.rules.lines import Words
from app.results import operations as results
from tests.asvs.walking import Opened, every_page
from tests.consults import company
from tests.consults.meeting import book
from tests.doors.objects import Scene
from tests.plans import drafts
from tests.questionnaires import life
from tests.results.readings import weight
from tests.support.inspection import words
from tests.support.portal import ORIGIN, Clinic, Portal, Someone, Templates

# Ends a script, a tag and an attribute; begins an image; is a template; is encoded, once and twice.
MARK = "</script><img src=x>\"' onload=x"
ENCODED = "&lt;b&gt; &amp;lt; %3Cb%3E %253Cb {{7*7}} \u2028 ${7*7}"
HOSTILE = f"{MARK} {ENCODED}"
# As an image of ours would never be written.
BREAKS = ("<img src=x", "</script><img", "onload=x>", "\"' onload")
# What asks a database for more than was meant, and what it takes for any text.
QUERIES = ("' OR '1'='1", "'; DROP TABLE person; --", '" OR 1=1 --', "%", "_", "\\", "*", "NULL")
FINE = {200, 303, 400, 404}
NUMBERS = (str(2**31), str(2**63), str(2**64), "-1", "1" + "0" * 5000, "NaN", "Infinity", "1e999")


@pytest.fixture(scope="module")
def shown(templates: Templates, tmp_path_factory: pytest.TempPathFactory) -> list[Opened]:
    """Every page of a clinic in which everybody writes what would break a page."""
    directory = tmp_path_factory.mktemp("words")
    portal = Portal(templates.sqlite(directory / "portal.db"), directory, Environment.TEST)
    clinic = written(portal)
    found = every_page(Scene(portal, clinic, portal.clinic()))
    portal.close()
    return found


def written(portal: Portal) -> Clinic:
    """Names, messages, answers, notes, lines of a plan and guests, all of them hostile."""
    clinician = portal.person(Role.CLINICIAN, f"Dr {HOSTILE}")
    coordinator = portal.person(Role.COORDINATOR, f"Co {HOSTILE}")
    administrator = portal.person(Role.ADMINISTRATOR, f"Ad {HOSTILE}")
    patient = portal.patient(clinician, coordinator, name=f"Pa {HOSTILE}")
    clinic = Clinic(portal, patient, clinician, coordinator, administrator)
    visitor = portal.visit(patient)
    assert visitor.send("/messages", body=HOSTILE).status_code == 303
    for part in life.PARTS:
        life.answer(visitor, part, **({"what_matters": HOSTILE} if part == "wellbeing" else {}))
    with portal.inside():
        results.record(portal.actor(patient), weight("88"), note=HOSTILE)
    visit = book(portal, patient, clinician)
    company.invited(portal, patient, visit, f"Gu {HOSTILE}")
    plan_id = drafts.review_at_hand(clinic)
    with portal.inside():
        actor = portal.actor(clinician)
        line = Words(HOSTILE, HOSTILE, HOSTILE, "", "")
        reviewing.add(actor, plan_id, line, drafts.today(), drafts.today())
    return clinic


def test_words_never_become_markup(shown: list[Opened]) -> None:
    pages = [one for one in shown if one.is_page]
    assert sum("img src=x" in one.answer.text for one in pages) > 60, "the words must be there"
    for one in pages:
        for broken in BREAKS:
            assert broken not in one.answer.text, one
        assert not [image for image in one.tree().iter("img") if image.get("src") == "x"], one
        assert not [tag for tag in one.tree().iter() if tag.get("onload")], one


def test_words_are_shown_as_they_were_typed_and_decoded_once(shown: list[Opened]) -> None:
    """Encoded signs stay encoded signs, and no template inside the words is worked out."""
    plain = " ".join(HOSTILE.split())
    for door in ("GET messages.mine", "GET care.chart", "GET plans.review"):
        pages = [one for one in shown if str(one.door) == door and one.is_page]
        assert pages, door
        said = " ".join(words(pages[0].tree()).split())
        assert plain in said, door


def test_words_stay_inside_the_data_of_a_script(shown: list[Opened]) -> None:
    islands = [
        island.text or ""
        for one in shown
        if one.is_page
        for island in one.tree().iter("script")
        if island.get("type") == "application/json"
    ]
    assert islands
    for text in islands:
        json.loads(text)
        assert "<" not in text.replace("\\u003c", "")
        assert "\u2028" not in text


def test_words_reach_scripts_as_data_alone(shown: list[Opened]) -> None:
    answers = [one for one in shown if one.answer.mimetype == "application/json"]
    assert any(HOSTILE in texts(one.answer.get_json()) for one in answers)
    for one in answers:
        assert one.answer.headers["X-Content-Type-Options"] == "nosniff"
        assert one.answer.headers["Content-Security-Policy"].startswith("default-src 'none'")


def texts(found: Any) -> list[str]:
    """Every text in an answer to a script."""
    if isinstance(found, dict):
        return [text for part in found.values() for text in texts(part)]
    if isinstance(found, list):
        return [text for part in found for text in texts(part)]
    return [found] if isinstance(found, str) else []


@pytest.fixture
def ana(portal: Portal) -> Someone:
    return portal.patient(portal.person(Role.COORDINATOR))


@pytest.mark.parametrize("typed", QUERIES)
def test_no_words_ask_the_database_for_more(portal: Portal, ana: Someone, typed: str) -> None:
    other = portal.patient(portal.person(Role.COORDINATOR))
    portal.visit(other).send("/messages", body="of somebody else")
    visitor = portal.visit(ana)
    assert visitor.send("/messages", body=typed).status_code == 303
    visitor.get("/messages")
    assert visitor.page is not None
    assert typed in words(visitor.page)
    for path in ("/messages", "/messages/since", "/results/weight", "/record/seen"):
        for name in ("after", "before", "page", "month"):
            asked = {"after": "0", name: typed}
            answer = visitor.client.get(path, base_url=ORIGIN, query_string=asked)
            assert answer.status_code in FINE, (path, name)
            assert "of somebody else" not in answer.text
    refused = portal.visit().send("/sign-in", email=f"a@b{typed}", password=typed)
    assert refused.status_code == 422
    assert "do not match" in refused.text


@pytest.mark.parametrize("number", NUMBERS, ids=lambda text: text[:12])
def test_numbers_beyond_everything_break_nothing(portal: Portal, ana: Someone, number: str) -> None:
    visitor = portal.visit(ana)
    for path in ("/messages/since?after=", "/messages?before=", "/results/weight?page="):
        answer = visitor.client.get(path + number, base_url=ORIGIN)
        assert answer.status_code in FINE, path
    refused = visitor.send("/results/weight/new", value=number)
    assert refused.status_code == 422
    assert visitor.page is not None
    assert "Error:" in words(next(visitor.page.iter("title")))
