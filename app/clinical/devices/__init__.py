"""Files that devices and their apps export, read as readings.

    found = devices.read(stream, "export.zip")
    for reading in found.readings: ...      # streamed; a second loop reads the file again
    found.problems                          # rows left out: line and sentence
    found.summary                           # what there was, in figures

`devices.FORMATS` lists what is read and where each shape is known from. A file that cannot
be read at all raises `DeviceFileError` (a `ClinicalInputError`); one bad row costs one row.
"""

from __future__ import annotations

from datetime import datetime
from typing import IO, Any

from app.clinical.devices import apple, archive, bundle, clarity, columns, libre, table, withings
from app.clinical.devices.columns import Column, Columns
from app.clinical.devices.importing import Import, Source
from app.clinical.devices.layout import Format
from app.clinical.devices.opening import beginning, buffered, settled
from app.clinical.devices.reading import DeviceFileError, Problem, Reading, blood_pressures
from app.clinical.devices.tally import Kind, Summary
from app.clinical.devices.times import DAY_FIRST, MONTH_FIRST

__all__ = [
    "DAY_FIRST",
    "FORMATS",
    "MONTH_FIRST",
    "Column",
    "Columns",
    "DeviceFileError",
    "Format",
    "Import",
    "Kind",
    "Problem",
    "Reading",
    "Summary",
    "blood_pressures",
    "read",
]

_TABLES = (
    clarity.FORMAT,
    libre.LIBREVIEW,
    libre.CLINIC,
    libre.DESKTOP,
    columns.OMRON_FORMAT,
    withings.FORMAT,
)
FORMATS: tuple[Format, ...] = (*_TABLES, apple.FORMAT, columns.COLUMNS_FORMAT)


def read(
    stream: IO[Any],
    filename: str = "",
    *,
    columns: Columns | None = None,
    dates: str | None = None,
    received: datetime | None = None,
) -> Import:
    """Recognise a device's file and make it ready to be read.

    `stream` holds the bytes; one that cannot be rewound is copied to disk first. `filename`
    is what the person called it: formats are known by what they hold, and the name is asked
    only of the raw series of Withings, which say nowhere else what they measured.
    `columns` names the columns of a table that is none of the known formats. `dates`
    (`DAY_FIRST` or `MONTH_FIRST`) answers the question a problem may ask when nothing in the
    file tells the two apart. `received` is when the file came: like a date on which the file
    says it was made, it makes a problem of each row measured more than a day later.

    Raises `ClinicalInputError` for a column map whose measure or unit is not known, and
    `DeviceFileError` for an empty, foreign, locked or hostile file: at once where its
    beginning shows it, otherwise while the readings are walked through.
    """
    source, ours = settled(stream)
    try:
        return Import(
            _recognised(source, filename, columns, dates, received),
            source if ours else None,
        )
    except DeviceFileError:
        if ours:
            source.close()
        raise


def _recognised(
    stream: IO[bytes],
    filename: str,
    named: Columns | None,
    dates: str | None,
    received: datetime | None,
) -> Source:
    sample = beginning(stream)

    def export(opened: bundle.Opened) -> apple.Export:
        return apple.Export(opened, received).probed()

    def tabled(opened: bundle.Opened, top: bytes, name: str) -> table.Table:
        formats = (columns.of(named),) if named else (*_TABLES, *withings.series(name))
        return table.recognised(opened, top, formats, dates, received)

    if archive.is_zip(sample):
        packed = archive.Archive(stream)
        return bundle.health(packed, export) or bundle.tables(packed, tabled)
    if archive.is_health_data(sample):
        return export(lambda: buffered(stream))
    return tabled(lambda: buffered(stream), sample, filename)
