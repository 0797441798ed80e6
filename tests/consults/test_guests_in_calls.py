"""A third and a fourth person in a call: in real browsers, through a real media node."""

from __future__ import annotations

import time
from collections.abc import Iterator

import pytest
from playwright.sync_api import Page, expect

from app.consults.rules.recording import Ending, RecordingState
from tests.consults.company import MARIA, TOMAS, invited
from tests.consults.meeting import DEVICES, Hall, Meeting, flows, join, reaches, says
from tests.consults.several import all_meet, darkness, one_code, tiles, watch
from tests.consults.test_lock import seal
from tests.consults.test_paths import MediaNode, goes
from tests.consults.test_recording import RECORDED, answers, ask, closed, is_told, played, stands
from tests.journeys.looking import faults

# Up to four pages that each draw, send and show three pictures.
pytestmark = pytest.mark.alone
ANA, IMRE = "Ana Sousa", "Dr Imre Kovács"


@pytest.fixture(scope="module")
def node(hall: Hall) -> Iterator[MediaNode]:
    """One node for this module."""
    started = MediaNode(hall._directory)
    yield started
    started.kill()


# What this page says of keys gets lost, until it says otherwise.
TONGUE_TIED = """
window.tied = true;
const send = WebSocket.prototype.send;
WebSocket.prototype.send = function (said) {
  if (!window.tied || !String(said).includes('"kind":"seal"')) send.call(this, said);
};
"""
SECONDS_WITHOUT_LOCK = 12


def stranger(meeting: Meeting, address: str, script: str = "") -> Page:
    """Somebody without an account, who was sent this address."""
    assert meeting.visitors is not None
    page = meeting.visitors.arrive(meeting.server.url, permissions=DEVICES)
    if script:
        page.add_init_script(script)
    page.goto(address)
    return page


def come(meeting: Meeting, address: str, script: str = "") -> Page:
    """The guest who comes by this link, in the call."""
    page = stranger(meeting, address, script)
    page.get_by_role("button", name="I agree, and come in").click()
    join(page)
    return page


def invite(meeting: Meeting, name: str = MARIA) -> str:
    """The clinician's link for somebody."""
    return f"/guests/{invited(meeting.portal, meeting.clinician, meeting.appointment, name)}"


def rest(maria: Page, clinician: Page) -> None:
    """The guest sends nothing for a while, and the others are told."""
    maria.get_by_role("button", name="Mute").click()
    maria.get_by_role("button", name="Camera off").click()
    shown = clinician.get_by_role("figure").filter(has_text=MARIA)
    expect(shown).to_contain_text("Camera off")
    expect(shown).to_contain_text("is muted")


def take_out(clinician: Page, maria: Page) -> None:
    """The clinician ends the guest's part, and the guest is told."""
    clinician.get_by_role("button", name=f"Take out {MARIA}").click()
    question = clinician.get_by_role("dialog", name=f"Take {MARIA} out of this visit?")
    question.get_by_role("button", name="Take out of the visit").click()
    expect(maria.locator("#stopped-words")).to_contain_text("Your part in this visit has ended")
    expect(maria.get_by_role("button", name="Open the visit again here")).to_be_hidden()
    maria.reload()
    expect(maria.get_by_role("heading", name="You are no longer in this visit")).to_be_visible()
    assert faults(maria) == []


def test_a_third_comes_returns_and_is_taken_out_while_the_others_go_on(
    meeting: Meeting, node: MediaNode
) -> None:
    patient, clinician = meeting.both()
    for page in (patient, clinician):
        goes(page, "direct")
    first = one_code({0: patient, 1: clinician})
    watch(patient, clinician)
    link = invite(meeting)
    maria = come(meeting, link)
    everybody = {0: patient, 1: clinician, 2: maria}
    all_meet(everybody)
    second = one_code(everybody, first)
    # Whoever was there already was seen all the time.
    assert darkness(patient) == darkness(clinician) == []
    assert (tiles(patient), tiles(clinician)) == ([IMRE, MARIA], [ANA, MARIA])
    assert tiles(maria) == [ANA, IMRE]
    says(patient, f"You are connected with {IMRE} and {MARIA}.")
    expect(patient.locator("#lock-help")).to_contain_text("only those who are in it")
    rest(maria, clinician)
    assert faults(patient) == []
    assert faults(clinician) == []
    maria.get_by_role("button", name="Camera on").click()

    maria.reload()
    expect(patient.locator("#call-news")).to_contain_text(MARIA)
    all_meet(everybody)
    third = one_code(everybody, second)
    expect(stranger(meeting, link).get_by_text("It was used already")).to_be_visible()

    take_out(clinician, maria)
    two = {0: patient, 1: clinician}
    one_code(two, third)
    for page in two.values():
        goes(page, "direct")
        flows(page)
        expect(page.locator("#lock")).to_be_visible()
    assert (tiles(patient), tiles(clinician)) == ([IMRE], [ANA])
    assert darkness(patient) == darkness(clinician) == []


def test_four_meet_once_the_clinician_lets_in_whom_the_patient_asked_for(
    meeting: Meeting, node: MediaNode
) -> None:
    patient = meeting.arrive(meeting.patient)
    patient.get_by_role("link", name="Someone else would like to join").click()
    patient.get_by_label("Name").fill(TOMAS)
    patient.get_by_role("button", name="Make a link").click()
    link = patient.get_by_label("Link", exact=True).input_value()
    patient.goto(meeting.path)
    clinician = meeting.arrive(meeting.clinician)
    maria = come(meeting, invite(meeting))
    for page in (patient, clinician):
        join(page)
    door = clinician.get_by_role("group", name=f"{ANA} would like {TOMAS} to join this visit.")
    door.get_by_role("button", name="Let in").click()
    expect(door).to_be_hidden()
    expect(patient.locator("#call-news")).to_contain_text(f"{TOMAS} may join now")
    tomas = come(meeting, link)
    everybody = {0: patient, 1: clinician, 2: tomas, 3: maria}
    all_meet(everybody)
    code = one_code(everybody)
    assert tiles(patient) == [IMRE, TOMAS, MARIA]
    assert tiles(maria) == [ANA, IMRE, TOMAS]
    assert faults(maria) == []
    # Whoever was there first may go: the rest still have each other.
    patient.get_by_role("button", name="Hang up").click()
    rest = {1: clinician, 2: tomas, 3: maria}
    one_code(rest, code)
    expect(maria.locator("#call-news")).to_contain_text(f"{ANA} has left the call.")
    assert tiles(maria) == [IMRE, TOMAS]
    node.kill()
    says(maria, "The connection is interrupted. We are connecting you again.")
    node.start()
    join(patient)
    all_meet(everybody)


def test_whoever_agrees_on_no_keys_keeps_nobody_from_the_lock(
    meeting: Meeting, node: MediaNode
) -> None:
    two = dict(enumerate(meeting.both()))
    before = one_code(two)
    maria = come(meeting, invite(meeting), TONGUE_TIED)
    since = time.monotonic()
    code = one_code(two, before)
    assert time.monotonic() - since < SECONDS_WITHOUT_LOCK
    assert seal(maria)["code"] == ""
    expect(maria.locator("#lock")).to_be_hidden()
    maria.evaluate("window.tied = false")
    everybody = {**two, 2: maria}
    all_meet(everybody)
    one_code(everybody, code)


def test_what_three_agreed_to_is_recorded_of_all_three(meeting: Meeting, node: MediaNode) -> None:
    patient, clinician = meeting.both()
    everybody = {0: patient, 1: clinician, 2: come(meeting, invite(meeting))}
    all_meet(everybody)
    code = one_code(everybody)
    ask(clinician)
    for page in everybody.values():
        stands(page, "asked")
        answers(page, "Yes")
    for page in everybody.values():
        stands(page, "running")
        assert seal(page)["state"] == "bare"
    patient.wait_for_timeout(RECORDED)
    clinician.get_by_role("button", name="Stop the recording").click()
    for page in everybody.values():
        is_told(page, "The recording has stopped and is kept.")
        reaches(page, "connected")
    one_code(everybody, code)
    one = closed(meeting)
    assert (one.state, one.ending) == (RecordingState.KEPT, Ending.STOPPED)
    frames, cut = played(meeting)
    assert not cut
    for place in everybody:
        assert len(frames[f"{place} video"]) > 4
        assert len(frames[f"{place} audio"]) > 40
    # The end of the visit is the guest's farewell, not a page on which to sign in.
    clinician.get_by_role("button", name="Finish the visit").first.click()
    clinician.get_by_role("dialog").get_by_role("button", name="Finish the visit").click()
    expect(everybody[2].get_by_role("heading", name="The visit is over")).to_be_visible()
