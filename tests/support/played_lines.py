"""The bad line where the tests may not make a network: the browser plays it for one page.

What it cannot play is told to the page as the browser would notice it: a new network comes as the
event "online", and a way between browsers that is shut as routes that never arrive.
"""

from __future__ import annotations

from playwright.sync_api import CDPSession, Page

# A connection whose line was perfect when it began stays perfect; one in ten thousand starts it.
HARDLY = 0.01
ALL = 100.0
NO_DIRECT_WAY = "RTCPeerConnection.prototype.addIceCandidate = async function () {};"
NO_ROUTES_TOLD = """
const tell = RTCPeerConnection.prototype.setRemoteDescription;
RTCPeerConnection.prototype.setRemoteDescription = function (said) {
  const lite = said.sdp.includes("a=ice-lite");
  const sdp = lite ? said.sdp : said.sdp.replace(/^a=candidate.*\\r\\n/gm, "");
  return tell.call(this, { type: said.type, sdp });
};
"""
# What this browser finds of its own ways gets lost too, or the other would come by those.
NO_ROUTES_OF_OURS = """
const { get } = Object.getOwnPropertyDescriptor(RTCPeerConnection.prototype, "localDescription");
Object.defineProperty(RTCPeerConnection.prototype, "localDescription", {
  get() {
    const { type, sdp } = get.call(this) ?? {};
    return type ? { type, sdp: sdp.replace(/^a=candidate.*\\r\\n/gm, "") } : null;
  },
});
const listen = RTCPeerConnection.prototype.addEventListener;
RTCPeerConnection.prototype.addEventListener = function (kind, ...more) {
  if (kind !== "icecandidate") listen.call(this, kind, ...more);
};
"""


class PlayedLine:
    """The same acts as a real line has, on the pages that were put behind it."""

    def __init__(self) -> None:
        self._pages: list[tuple[Page, CDPSession]] = []
        self._kilobits, self._loss = 0, HARDLY

    def behind(self, page: Page) -> None:
        """Put a page behind this line, before it calls anybody."""
        session = page.context.new_cdp_session(page)
        session.send("Network.enable")
        self._pages.append((page, session))
        self._apply()

    def narrow(self, kilobits: int) -> None:
        """Let so much through in a second, each way."""
        self._kilobits = kilobits
        self._apply()

    def lose(self, part: float) -> None:
        """Throw away this part of the packets, each way, by chance."""
        self._loss = 100 * part
        self._apply()

    def cut(self) -> None:
        """Let nothing through."""
        self._loss = ALL
        self._apply(offline=True)

    def stop_datagrams(self, *, but: int) -> None:
        """Let browsers not find each other; our own port `but` stays open by itself."""
        assert but
        for page, _ in self._pages:
            page.add_init_script(NO_DIRECT_WAY + NO_ROUTES_TOLD + NO_ROUTES_OF_OURS)
            page.reload()

    def move(self) -> None:
        """Tell the pages that their network has changed."""
        for page, _ in self._pages:
            page.evaluate("dispatchEvent(new Event('online'))")

    def mend(self) -> None:
        """Make it a good line again."""
        self._kilobits, self._loss = 0, HARDLY
        self._pages = [one for one in self._pages if not one[0].is_closed()]
        self._apply()

    def _apply(self, *, offline: bool = False) -> None:
        through = self._kilobits * 125 if self._kilobits else -1
        line = {"urlPattern": "", "latency": 0, "packetLoss": self._loss}
        line |= {"downloadThroughput": through, "uploadThroughput": through}
        rules = {"offline": offline, "matchedNetworkConditions": [line]}
        for _, session in self._pages:
            session.send("Network.emulateNetworkConditionsByRule", rules)
