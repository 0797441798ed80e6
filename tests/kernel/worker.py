"""A worker process for the tests of the queue: takes one row, says so, and never finishes it."""

from __future__ import annotations

import sys
import time
from pathlib import Path
from typing import Any

from app.kernel import jobs
from app.kernel.settings import Environment
from tests.support.portal import Portal


def main(url: str, directory: str) -> None:
    """Work the queue of this database until killed."""

    def stall(payload: dict[str, Any]) -> None:
        Path(directory, "taken").write_text(payload["number"])
        time.sleep(600)

    jobs.handles("test.slow", stall)
    Portal(url, Path(directory), Environment.TEST).app.extensions["worker"].run()


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2])
