"""Scores that are known and left out, with the reason a person can read."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

from app.clinical.sentences import N_, Sentence

PERMISSION = N_(
    "%(name)s is protected and needs its owner's permission. A result from elsewhere can be noted."
)
LICENSED_SERVICE = N_(
    "%(name)s is worked out by its owner's licensed service. A result from there can be noted."
)
TRADEMARK = N_(
    "%(name)s is a trademark and a medical device of its own. A result from elsewhere can be noted."
)


@dataclass(frozen=True)
class Absent:
    """One score that is not shipped."""

    name: str
    title: str
    text: str
    source: str

    @property
    def reason(self) -> Sentence:
        """Why it is absent."""
        return Sentence(self.text, {"name": self.title})


_ALL = (
    Absent(
        "QRISK3", "QRISK3", TRADEMARK, "qrisk.org: LGPL-3 code, mandatory disclaimer, UK device"
    ),
    Absent("FRAX", "FRAX", LICENSED_SERVICE, "frax.shef.ac.uk: licensed web service"),
    Absent("STOP_BANG", "STOP-Bang", PERMISSION, "stopbang.ca: University Health Network"),
    Absent("PSQI", "PSQI", PERMISSION, "University of Pittsburgh, licence"),
    Absent("ISI", "ISI", PERMISSION, "Mapi Research Trust, licence"),
    Absent("ESS", "Epworth Sleepiness Scale", PERMISSION, "M. W. Johns, Mapi Research Trust"),
    Absent("EQ5D", "EQ-5D", PERMISSION, "EuroQol: registration and licence"),
)
# Also under the names people write.
_WRITTEN = {"STOP-Bang": "STOP_BANG", "STOPBANG": "STOP_BANG", "EQ-5D": "EQ5D"}

_BY_NAME = {row.name: row for row in _ALL}
ABSENT: Mapping[str, Absent] = MappingProxyType(
    {**_BY_NAME, **{written: _BY_NAME[name] for written, name in _WRITTEN.items()}}
)
