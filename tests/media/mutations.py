"""Requests that were good once, with fields, types or bytes of them changed."""

from __future__ import annotations

import json

from hypothesis import strategies as st

VALID = {
    "token": "n1.room.ana.0.patient.1795000000.nnnnnnnnnnnnnnnn." + "c" * 43,
    "connection": "page-1",
    "echo": True,
    "sdp": "v=0\r\n",
    "participant": "ana",
    "name": "visit",
    "key": "ab" * 32,
}
PATHS = ["/join", "/legs/leg-1/answer", "/rooms/room/remove", "/rooms/room/recording"]
JSON = st.recursive(
    st.none() | st.booleans() | st.floats() | st.integers() | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
    max_leaves=5,
)


@st.composite
def mutated(draw: st.DrawFn) -> tuple[str, str, bytes]:
    """A request that was good once, with fields, types or bytes of it changed."""
    kept = draw(st.sets(st.sampled_from(sorted(VALID))))
    body: dict[str, object] = {name: VALID[name] for name in kept}
    for name in draw(st.sets(st.sampled_from([*sorted(VALID), "more"]), max_size=2)):
        body[name] = draw(JSON)
    raw = bytearray(json.dumps(body).encode())
    for _ in range(draw(st.integers(0, 3))):
        raw[draw(st.integers(0, len(raw) - 1))] = draw(st.integers(0, 255))
    method = draw(st.sampled_from(["POST", "DELETE", "GET", "PUT"]))
    return method, draw(st.sampled_from(PATHS)), bytes(raw)
