"""The real supervisor over small nodes: `python -m tests.media.small_supervisor`."""

from __future__ import annotations

import asyncio
import os
import sys

from app.media import logs
from app.media.settings import NodeSettings
from app.media.supervisor import Supervisor


async def main() -> int:
    settings = NodeSettings.from_environment(os.environ)
    module = os.environ.get("SMALL_NODE", "tests.media.small_node")
    supervisor = Supervisor(settings, lambda node: [sys.executable, "-m", module, str(node)])
    return await supervisor.run(tethered=True)


if __name__ == "__main__":
    logs.install()
    sys.exit(asyncio.run(main()))
