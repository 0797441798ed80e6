"""`python -m app.media`: the media nodes of this machine; `--node 0` is one of them."""

from __future__ import annotations

import argparse
import asyncio
import os
import sys

from app.media import logs
from app.media.settings import MediaSettingsError, NodeSettings
from app.media.supervisor import BAD_SETTINGS, Supervisor


def main() -> int:
    """Read the settings, then supervise, or be one node; answers the exit code."""
    parser = argparse.ArgumentParser(prog="python -m app.media", description=__doc__)
    parser.add_argument("--node", type=int, metavar="N", help="be node N, of a supervisor")
    parser.add_argument("--tethered", action="store_true", help="end when standard input ends")
    asked = parser.parse_args()
    os.umask(0o077)  # Recordings and sockets belong to this account alone.
    try:
        settings = NodeSettings.from_environment(os.environ)
    except MediaSettingsError as refused:
        sys.stderr.write(f"{refused}\n")
        return BAD_SETTINGS
    if asked.node is not None:
        return _node(settings, asked.node)
    logs.install()
    return asyncio.run(_supervise(settings, tethered=asked.tethered))


async def _supervise(settings: NodeSettings, *, tethered: bool) -> int:
    supervisor = Supervisor(
        settings, lambda index: [sys.executable, "-m", "app.media", "--node", str(index)]
    )
    return await supervisor.run(tethered=tethered)


def _node(settings: NodeSettings, index: int) -> int:
    # Imported here: the supervisor needs none of it.
    from app.media import process
    from app.media.node import Node

    return process.run(settings, index, Node, tethered=True)


if __name__ == "__main__":
    sys.exit(main())
