"""FreeStyle Libre: LibreView, the older clinic report, and the desktop program before both.

Abbott translates the headings but never moves the columns, so a file is known by where its
two glucose columns stand and the unit they name, in whatever language. Time and record type
stand before them; strip and ketone are the next columns that name such a unit.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from app.clinical.devices import amounts
from app.clinical.devices.layout import BLANK, Cells, Format, Layout, Moment, Row, cell
from app.clinical.devices.reading import Reading, RowRefused
from app.clinical.devices.times import DAY_FIRST
from app.clinical.sentences import N_, Sentence

# Record types that carry no measurement, under the names they are counted by.
PASSED = {"4": "insulin", "5": "food", "6": "note"}
# "Device timestamp" in languages nobody writes the month first in: German, French, Dutch.
DAY_FIRST_LANGUAGES = ("gerätezeitstempel", "horodatage", "tijdstempel")
MEASURES = {
    "historic": "glucose-sensor",
    "scan": "glucose-sensor",
    "strip": "glucose",
    "ketone": "ketones-blood",
}
# Record types that carry one measurement each.
SORTS = frozenset("0123")
TWO_NUMBERS = N_("This line has two numbers where its kind of record has one. We left it out.")


@dataclass(frozen=True)
class Libre(Layout):
    """Where the columns of one of the two reports stand."""

    time: int
    record: int
    columns: tuple[tuple[str, int], ...]
    unit: str
    unit_text: str
    device: int | None = None
    serial: int | None = None
    usual_order: str | None = None

    def date_text(self, cells: Cells) -> str:
        """The device's timestamp."""
        return cell(cells, self.time)

    def written_on(self, preamble: Sequence[Cells]) -> str:
        """The third cell of the first line: Generated on, 01-12-2025 10:00 AM UTC."""
        return cell(preamble[0], 2) if preamble else ""

    def read(self, cells: Cells, moment: Moment) -> Row:
        """One reading for each measured column that is filled; food and notes are counted."""
        record = cell(cells, self.record).removesuffix(".0")
        filled = [(kind, cell(cells, place)) for kind, place in self.columns]
        filled = [(kind, text) for kind, text in filled if text not in BLANK]
        if not filled:
            if record in PASSED:
                return Row(passed=PASSED[record])
            raise RowRefused(Sentence(amounts.NO_NUMBER))
        # A record of one sort holds one number; a comma in it looks like two.
        if record in SORTS and len(filled) > 1:
            raise RowRefused(Sentence(TWO_NUMBERS))
        taken_at = moment(self.date_text(cells))
        return Row(tuple(self._reading(kind, text, cells, taken_at) for kind, text in filled))

    def _reading(self, kind: str, text: str, cells: Cells, taken_at: datetime) -> Reading:
        word = amounts.censored(text)
        ketone = kind == "ketone"
        return Reading(
            MEASURES[kind],
            "value",
            kind,
            text,
            None if word else amounts.number(text, decimal_comma=True),
            "mmol/L" if ketone else self.unit,
            "mmol/L" if ketone else self.unit_text,
            taken_at,
            device=cell(cells, self.device),
            censored=word,
            context=kind,
            mark=cell(cells, self.serial),
        )


def recognise_libreview(heading: Cells) -> Libre | None:
    """Device, serial number, timestamp, record type, historic, scan, ..., strip, ketone."""
    return _at(heading, 4, device=0, serial=1)


def recognise_clinic(heading: Cells) -> Libre | None:
    """Timestamp, record type, historic, scan, ..., strip, ketone."""
    return _at(heading, 2)


def recognise_desktop(heading: Cells) -> Libre | None:
    """Number, time, record type, historic, scan, ..., strip, ketone, ..., updated time."""
    return _at(heading, 3)


def _at(
    heading: Cells, place: int, device: int | None = None, serial: int | None = None
) -> Libre | None:
    """The layout whose historic and scan columns stand here, side by side in one unit."""
    unit = amounts.glucose_unit(cell(heading, place))
    if unit is None or unit != amounts.glucose_unit(cell(heading, place + 1)):
        return None
    further = [
        other for other in range(place + 2, len(heading)) if amounts.glucose_unit(heading[other])
    ]
    columns = zip(MEASURES, (place, place + 1, *further[:2]), strict=False)
    time = cell(heading, place - 2).casefold()
    usual = DAY_FIRST if time.startswith(DAY_FIRST_LANGUAGES) else None
    return Libre(place - 2, place - 1, tuple(columns), unit, unit, device, serial, usual)


DESKTOP = Format(
    "libre-desktop",
    Sentence(N_("FreeStyle Libre desktop program")),
    "Columns as a public exporter of this shape (glucometer utilities) writes them",
    recognise_desktop,
)
LIBREVIEW = Format(
    "libreview",
    Sentence(N_("LibreView")),
    "Headings of public importers in English, German, French and Spanish; record types 0"
    " historic, 1 scan, 2 strip, 3 ketone, 4 insulin, 5 food, 6 note",
    recognise_libreview,
)
CLINIC = Format(
    "libre-clinic",
    Sentence(N_("FreeStyle Libre clinic report")),
    "Real export in cran/cgmanalysis 3.1.1 (CC0), inst/extdata/De-identified/Libre.csv",
    recognise_clinic,
)
