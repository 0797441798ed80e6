"""What pages say of a report and its guidance."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l

from app.genes.rules import Source

SOURCES = {
    Source.PHARMCAT: _l("A file of the program PharmCAT"),
    Source.TABLE: _l("A table of the laboratory"),
    Source.BY_HAND: _l("Typed by the care team"),
}
# How strongly CPIC, or the label of the medicine, advises it.
STRENGTHS = {
    "Strong": _l("strong advice"),
    "Moderate": _l("moderate advice"),
    "Optional": _l("optional advice"),
    "Label": _l("as the medicine's label says"),
    "No recommendation": _l("no advice"),
}
EVERYBODY = "general"
