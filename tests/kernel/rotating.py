"""A process that rotates keys for the tests of rotation, slowly enough to be killed half-way."""

from __future__ import annotations

import sys
from pathlib import Path

from app.kernel.crypto import rotation
from app.kernel.settings import Environment
from tests.support.portal import Portal


def main(url: str, directory: str) -> None:
    """Seal anew in small batches, and say after each one how far it has come."""
    rotation.BATCH, rotation.PAUSE_SECONDS = 10, 0.02
    portal = Portal(url, Path(directory), Environment.TEST)
    with portal.inside():
        rotation.rotate(
            renew=True, tell=lambda done: Path(directory, "told").write_text(str(done.sealed))
        )


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2])
