"""The lock of a call: what leaves a browser is sealed, and opens nowhere but in the other's."""

from __future__ import annotations

from typing import Any

from playwright.sync_api import Page, expect

from tests.consults.meeting import (
    PATIENCE,
    Meeting,
    flows,
    inbound,
    join,
    reaches,
    says,
    stats,
)

KINDS, MANY = ("audio", "video"), 20
OLD_BROWSER = "delete window.RTCRtpScriptTransform;"
# The other's key arrives as another one, as if somebody in between had handed it out.
WRONG_KEY = """
const tell = Worker.prototype.postMessage;
const wrong = crypto.subtle.generateKey({ name: "AES-GCM", length: 256 }, false, ["decrypt"]);
Worker.prototype.postMessage = function (said, ...more) {
  if (said.act !== "theirs") return tell.call(this, said, ...more);
  wrong.then((key) => tell.call(this, { ...said, key }, ...more));
};
"""
# Keys from elsewhere: the first public key that comes is replaced by one of somebody in between.
BETWEEN = """
const bring = crypto.subtle.importKey.bind(crypto.subtle);
const curve = { name: "ECDH", namedCurve: "P-256" };
const other = crypto.subtle.generateKey(curve, true, ["deriveBits"]);
crypto.subtle.importKey = async (...said) =>
  said[2]?.name === "ECDH" ? (await other).publicKey : bring(...said);
"""
# The browser takes the worker for the picture and passes it by, as where it is told too late.
TOO_LATE = """
const { set } = Object.getOwnPropertyDescriptor(RTCRtpSender.prototype, "transform");
Object.defineProperty(RTCRtpSender.prototype, "transform", {
  get() { return this.taken ?? null; },
  set(one) { this.taken = one; if (this.track?.kind === "audio") set.call(this, one); },
});
"""
# What the page is told where the clinic allows no call without the lock.
DEMANDED = """
const read = JSON.parse;
JSON.parse = (text, ...more) => {
  const found = read(text, ...more);
  return found && "sealedOnly" in found ? { ...found, sealedOnly: true } : found;
};
"""
KEEP_FRAMES = """
const pass = Worker.prototype.postMessage;
Worker.prototype.postMessage = function (said, ...more) {
  if (said.act === "theirs" || said.act === "mine") return;
  pass.call(this, said, ...more);
};
"""


def seal(page: Page) -> dict[str, Any]:
    """How the lock stands, by the page's own account."""
    found: dict[str, Any] = stats(page)["seal"]
    return found


def sealed_both_ways(page: Page) -> None:
    """Wait until many frames were sealed and as many opened, of sound and picture; none failed."""
    for _ in range(PATIENCE):
        counts = seal(page)["counts"]
        if min(counts[way][kind] for way in ("sealed", "opened") for kind in KINDS) > MANY:
            break
        page.wait_for_timeout(100)
    else:
        raise AssertionError(f"few frames pass the lock: {counts}")
    assert counts["failed"] == counts["bare"] == 0


def locks(page: Page) -> str:
    """Wait for the sign of the lock; answers the digits beside it."""
    expect(page.locator("#lock")).to_be_visible()
    code = page.locator("#lock-code").inner_text()
    assert len(code.replace(" ", "")) == 6
    return code


def test_what_is_sent_is_sealed_and_both_see_the_same_digits(meeting: Meeting) -> None:
    pages = meeting.both()
    codes = {locks(page) for page in pages}
    assert len(codes) == 1
    for page in pages:
        flows(page)
        sealed_both_ways(page)
        expect(page.locator("#lock-help")).to_contain_text("This call is locked")


def test_new_keys_come_with_each_reload(meeting: Meeting) -> None:
    patient, clinician = meeting.both()
    before = locks(patient)
    patient.reload()
    reaches(patient, "connected")
    after = locks(patient)
    assert after != before
    expect(clinician.locator("#lock-code")).to_have_text(after)
    flows(patient)
    flows(clinician)


def test_a_wrong_key_opens_nothing_and_no_lock_is_shown(meeting: Meeting) -> None:
    clinician = meeting.arrive(meeting.clinician)
    patient = meeting.arrive(meeting.patient, script=WRONG_KEY)
    join(clinician)
    join(patient)
    reaches(clinician, "connected")
    clinician.wait_for_timeout(4000)
    assert inbound(patient, "video")["bytesReceived"] > 10_000
    assert not inbound(patient, "video").get("framesDecoded")
    found = seal(patient)
    assert found["counts"]["failed"] > 20
    assert found["counts"]["opened"] == {"audio": 0, "video": 0}
    expect(patient.locator("#lock")).to_be_hidden()
    expect(patient.locator("html[data-lock=locked]")).to_have_count(0)


def test_without_keys_no_frame_leaves(meeting: Meeting) -> None:
    patient = meeting.arrive(meeting.patient, script=KEEP_FRAMES)
    clinician = meeting.arrive(meeting.clinician)
    join(patient)
    join(clinician)
    clinician.wait_for_timeout(4000)
    assert seal(patient)["counts"]["held"] > MANY
    assert seal(patient)["counts"]["sealed"] == {"audio": 0, "video": 0}
    assert not inbound(clinician, "video").get("framesDecoded")
    assert inbound(clinician, "video").get("bytesReceived", 0) == 0
    for page in (patient, clinician):
        expect(page.locator("#lock")).to_be_hidden()


def test_somebody_in_between_is_found_out(meeting: Meeting) -> None:
    patient = meeting.arrive(meeting.patient, script=BETWEEN)
    clinician = meeting.arrive(meeting.clinician)
    join(patient)
    join(clinician)
    expect(clinician.locator("#lock-help")).to_contain_text("The keys of this call do not fit")
    for page in (patient, clinician):
        expect(page.locator("#lock")).to_be_hidden()
        assert not inbound(page, "video").get("framesDecoded")


def test_a_picture_that_would_leave_bare_is_stopped_and_no_lock_is_shown(
    meeting: Meeting,
) -> None:
    patient = meeting.arrive(meeting.patient, script=TOO_LATE)
    clinician = meeting.arrive(meeting.clinician)
    join(patient)
    join(clinician)
    expect(patient.locator("#lock-help")).to_contain_text("no picture and no sound is passed on")
    clinician.wait_for_timeout(1500)
    before = inbound(clinician, "video").get("bytesReceived", 0)
    clinician.wait_for_timeout(1500)
    assert inbound(clinician, "video").get("bytesReceived", 0) == before
    assert not inbound(clinician, "video").get("framesDecoded")
    for page in (patient, clinician):
        expect(page.locator("#lock")).to_be_hidden()


def test_an_old_browser_still_has_its_call_and_is_told_in_words(meeting: Meeting) -> None:
    patient = meeting.arrive(meeting.patient, script=OLD_BROWSER)
    clinician = meeting.arrive(meeting.clinician)
    join(patient)
    join(clinician)
    for page in (patient, clinician):
        reaches(page, "connected")
        flows(page)
        expect(page.locator("#lock")).to_be_hidden()
        expect(page.locator("#lock-help")).to_contain_text("without the extra lock")
    says(patient, "You are connected with Dr Imre Kovács.")


def test_where_the_clinic_demands_the_lock_an_old_browser_passes_nothing(meeting: Meeting) -> None:
    patient = meeting.arrive(meeting.patient, script=OLD_BROWSER + DEMANDED)
    clinician = meeting.arrive(meeting.clinician, script=DEMANDED)
    join(patient)
    join(clinician)
    for page in (patient, clinician):
        expect(page.locator("#lock-help")).to_contain_text("allows calls only with the extra lock")
    clinician.wait_for_timeout(2000)
    for page in (patient, clinician):
        assert not inbound(page, "video").get("framesDecoded")
        assert not inbound(page, "audio").get("totalAudioEnergy")
