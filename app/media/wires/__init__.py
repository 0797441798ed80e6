"""One UDP port: many datagrams in and out for each call of the system, or one by one."""

from __future__ import annotations

from app.media.wires.wire import Wire


def open_wire(bind: str, port: int, *, batched: bool | None = None) -> Wire:
    """Open the node's port; `batched` None takes the faster way where the platform has it.

    Raises OSError when the port cannot be had.
    """
    from app.media.wires import batched as fast

    if batched is None:
        batched = fast.AVAILABLE
    if batched:
        return fast.Batched(bind, port)
    from app.media.wires.plain import Plain

    return Plain(bind, port)
