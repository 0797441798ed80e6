"""Dexcom Clarity: 13 or 14 columns, one row an event, local time."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from app.clinical.devices import amounts
from app.clinical.devices.layout import Cells, Format, Layout, Moment, Row, cell, places
from app.clinical.devices.reading import Reading, RowRefused
from app.clinical.sentences import N_, Sentence

NO_EVENT = N_("This row does not say what it is, so it was left out.")
UNKNOWN_EVENT = N_(
    "We do not know the sort of row “%(event)s”, and it has a number, so it was left out. Please"
    " set the language of Clarity to English and export the file again."
)

SHOWN_CHARACTERS = 40

# Beginnings of the headings. German and Spanish from public importers (cgm-benchmark
# loaders, cgmpy); the others from working knowledge.
ROLES = {
    "time": (
        "timestamp (",
        "zeitstempel (",
        "marca temporal (",
        "horodat",
        "data e ora (",
        "tijdstempel (",
        "carimbo",
    ),
    "event": (
        "event type",
        "ereignistyp",
        "ereignisart",
        "tipo de evento",
        "type d",
        "tipo di",
        "type gebeurtenis",
        "gebeurtenistype",
    ),
    "subtype": (
        "event subtype",
        "ereignisuntertyp",
        "ereignis-untertyp",
        "subtipo",
        "sottotipo",
        "sous-type",
        "subtype",
    ),
    "info": ("device info", "geräteinfo", "información del dispositivo"),
    "source": ("source device", "quellgerät", "id. del dispositivo", "id del dispositivo"),
    "glucose": (
        "glucose value (",
        "glukosewert (",
        "nivel de glucosa (",
        "valeur du glucose (",
        "taux de glucose (",
        "valore del glucosio (",
        "glucosewaarde (",
        "valor de glicose (",
        "valor da glicose (",
    ),
    "mark": ("transmitter time", "transmitterzeit", "tiempo del transmisor"),
}
READ = {
    "egv": "egv",
    "egw": "egv",
    "vge": "egv",
    "niveles estimados de glucosa": "egv",
    "calibration": "calibration",
    "kalibrierung": "calibration",
    "calibración": "calibration",
    "calibrage": "calibration",
    "étalonnage": "calibration",
    "calibrazione": "calibration",
    "kalibratie": "calibration",
    "calibração": "calibration",
}
# Rows of other sorts that may have a number under the glucose: where an alert was set.
PASSED = {"alert", "warnung", "alarm", "alerta", "alerte", "avviso", "avvisi", "waarschuwing"}
# A sensor's own estimate, and a drop of blood that corrects it.
MEASURES = {"egv": "glucose-sensor", "calibration": "glucose"}
NEEDED = {"time", "event", "glucose"}


@dataclass(frozen=True)
class Clarity(Layout):
    """The columns of a Clarity export and the unit its glucose heading names."""

    columns: Mapping[str, int]
    unit: str
    unit_text: str

    def date_text(self, cells: Cells) -> str:
        """The timestamp."""
        return cell(cells, self.columns["time"])

    def read(self, cells: Cells, moment: Moment) -> Row:
        """An estimate or a calibration; every other event is only counted."""
        event = cell(cells, self.columns["event"])
        kind = READ.get(event.casefold())
        subtype = cell(cells, self.columns.get("subtype"))
        if not event:
            raise RowRefused(Sentence(NO_EVENT))
        if kind is None:
            self._must_be_known(event, cells)
            return Row(passed=event.casefold())
        reading = self._reading(kind, cells, moment(self.date_text(cells)))
        return Row((reading,), subtype=(kind, subtype) if subtype else None)

    def _must_be_known(self, event: str, cells: Cells) -> None:
        """Refuse a measured number whose sort has a name in a language we do not know."""
        measured = self.date_text(cells) and cell(cells, self.columns["glucose"])
        if measured and event.casefold() not in PASSED:
            raise RowRefused(Sentence(UNKNOWN_EVENT, {"event": event[:SHOWN_CHARACTERS]}))

    def _reading(self, kind: str, cells: Cells, taken_at: datetime) -> Reading:
        text = cell(cells, self.columns["glucose"])
        word = amounts.censored(text)
        value: Decimal | None = None if word else amounts.number(text, decimal_comma=True)
        return Reading(
            MEASURES[kind],
            "value",
            kind,
            text,
            value,
            self.unit,
            self.unit_text,
            taken_at,
            device=cell(cells, self.columns.get("source")),
            censored=word,
            context=kind,
            mark=cell(cells, self.columns.get("mark")),
        )


def recognise(heading: Cells) -> Clarity | None:
    """A heading with a timestamp, an event type and a glucose value with its unit."""
    columns = places(heading, ROLES)
    if not columns.keys() >= NEEDED:
        return None
    name = heading[columns["glucose"]]
    unit = amounts.glucose_unit(name)
    return Clarity(columns, unit, name[name.find("(") + 1 :].rstrip(")")) if unit else None


FORMAT = Format(
    "dexcom-clarity",
    Sentence(N_("Dexcom Clarity")),
    "Real export in cran/cgmanalysis 3.1.1 (CC0), inst/extdata/De-identified/Dexcom.txt;"
    " German and Spanish headings as public importers read them",
    recognise,
)
