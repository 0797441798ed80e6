"""FreeStyle Libre: LibreView with 19 columns, the older clinic report with 18.

Abbott translates the headings but never moves the columns, so a file is known by where its
two glucose columns stand and the unit they name, in whatever language.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from app.clinical.devices import amounts
from app.clinical.devices.layout import BLANK, Cells, Format, Layout, Moment, Row, cell
from app.clinical.devices.reading import Reading, RowRefused
from app.clinical.sentences import N_, Sentence

# Record types that carry no measurement, under the names they are counted by.
PASSED = {"4": "insulin", "5": "food", "6": "note"}
MEASURES = {
    "historic": "glucose-sensor",
    "scan": "glucose-sensor",
    "strip": "glucose",
    "ketone": "ketones-blood",
}


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
    unit = _shared_unit(heading, 4)
    if unit is None:
        return None
    columns = (("historic", 4), ("scan", 5), ("strip", 14), ("ketone", 15))
    return Libre(2, 3, columns, *unit, device=0, serial=1)


def recognise_clinic(heading: Cells) -> Libre | None:
    """Timestamp, record type, historic, scan, ..., strip, ketone."""
    unit = _shared_unit(heading, 2)
    if unit is None:
        return None
    columns = (("historic", 2), ("scan", 3), ("strip", 13), ("ketone", 14))
    return Libre(0, 1, columns, *unit)


def _shared_unit(heading: Cells, place: int) -> tuple[str, str] | None:
    """The unit of the two glucose columns that stand beside each other."""
    historic, scan = cell(heading, place), cell(heading, place + 1)
    unit = amounts.glucose_unit(historic)
    if unit is None or unit != amounts.glucose_unit(scan):
        return None
    return unit, "mmol/L" if unit == "mmol/L" else "mg/dL"


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
