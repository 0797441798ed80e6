"""Work beside the calls: forgetting pages that vanished."""

from __future__ import annotations

from datetime import timedelta

from app.consults import room
from app.consults.operations import present


@room.every(timedelta(seconds=10))
def sweep() -> None:
    """Stop waiting for pages that did not come back."""
    present.sweep()
