"""The check call, through a real media node: what one sees of oneself, and the plain answer."""

from __future__ import annotations

from playwright.sync_api import expect

from tests.consults.checking import checked, counted, figures, to_do, why
from tests.consults.meeting import Meeting
from tests.consults.test_paths import MediaNode, node, running_node

__all__ = ["node", "running_node"]


def test_one_sees_oneself_come_back_and_video_will_work(meeting: Meeting, node: MediaNode) -> None:
    page = checked(meeting, "Video will work")
    assert "Your camera and your microphone work." in why(page)
    assert "carries picture and sound well" in why(page)
    assert "You are ready for the visit." in to_do(page)
    before = counted(page)
    page.wait_for_timeout(1500)
    after = counted(page)
    for way in ("audio-out", "audio-in", "video-out", "video-in", "decoded"):
        assert after[way] > before[way] > 0, way
    expect(page.locator("#seen-words")).to_contain_text("after its way to our server and back")
    assert page.locator("#seen").evaluate("video => video.videoWidth") > 0
    assert figures(page)["line"]["frames"] > 10
    expect(page.locator("#heard")).to_have_text("We hear you.")
