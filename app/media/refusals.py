"""What the node says no to: a code for programs and a sentence for people."""

from __future__ import annotations

SENTENCES = {
    "bad-token": "This is not a valid permission to join.",
    "expired": "The permission to join has expired. Please ask for a new one.",
    "full": "This media node has no room left. Please try again in a minute.",
    "draining": "This media node is about to stop and takes no new rooms.",
    "no-room": "There is no such room on this media node.",
    "no-leg": "There is no such connection on this media node.",
    "bad-answer": "The browser's answer cannot be used.",
    "busy": "The media node is too busy for this now. Please try again in a moment.",
    "removed": "This participant was removed from the room.",
    "not-recording": "This room is not being recorded.",
}


class Refused(Exception):
    """The node does not do what it was asked; nothing changed.

    `code` is one of SENTENCES; `words` say why, in a sentence, and name nobody.
    """

    def __init__(self, code: str, words: str = "") -> None:
        super().__init__(code)
        self.code = code
        self.words = words or SENTENCES[code]
