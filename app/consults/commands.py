"""What the operator is told of calls."""

from __future__ import annotations

from collections.abc import Iterator

from flask import Flask

from app.consults import room
from app.consults.operations import nodes
from app.consults.operations.nodes import NodeGone, NodeRefused
from app.kernel import commands

UNTOLD = "Media nodes: none; NEARSIDE_MEDIA_SECRET is not set. Calls go directly."
NONE = "Media nodes: none answers. Calls go directly. To start them: python -m app.media"


def media_nodes() -> Iterator[str]:
    """Whether calls can go through a media node; without one they go directly."""
    if not nodes.are_wanted():
        yield UNTOLD
        return
    found = 0
    for node in nodes.names():
        try:
            one = nodes.health(node)
        except (NodeGone, NodeRefused):
            yield f"Media node {node}: does not answer."
            continue
        found += 1
        yield f"Media node {node}: {'draining' if one.draining else 'ready'}, load {one.load:.0%}."
    if not found:
        yield NONE


@room.at_opening
def install(app: Flask) -> None:
    """Let the doctor ask."""
    commands.doctor_asks(app, media_nodes)
