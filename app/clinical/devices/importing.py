"""What `devices.read` hands back: a file that can be read through as often as needed."""

from __future__ import annotations

from collections.abc import Iterator
from typing import IO, Protocol
from weakref import finalize

from app.clinical.devices.layout import Format
from app.clinical.devices.reading import Problem, Reading
from app.clinical.devices.tally import Summary, Tally


class Source(Protocol):
    """A recognised file."""

    @property
    def format(self) -> Format:
        """Which export it is."""

    def readings(self, tally: Tally) -> Iterator[Reading]:
        """One pass over the file, counted in the tally."""


class Readings:
    """The readings of a file: each loop over it is a pass of its own, and holds none."""

    def __init__(self, of: Import) -> None:
        self._of = of

    def __iter__(self) -> Iterator[Reading]:
        return self._of.walk()


class Import:
    """The readings of one file and what could not be read.

    `readings` streams. `problems` and `summary` speak of the whole file: they are ready after
    one loop to the end, and read the file through by themselves when asked before.
    The stream must stay open as long as the import is used.
    """

    def __init__(self, source: Source, copy: IO[bytes] | None = None) -> None:
        self._source = source
        if copy is not None:
            finalize(self, copy.close)
        self._whole: Tally | None = None

    @property
    def format(self) -> str:
        """The key of the format, as in `devices.FORMATS`."""
        return self._source.format.key

    @property
    def readings(self) -> Readings:
        """The readings in the file's order; of a pressure, both numbers together."""
        return Readings(self)

    def __iter__(self) -> Iterator[Reading]:
        return self.walk()

    def walk(self) -> Iterator[Reading]:
        """One pass over the file."""
        tally = Tally(self.format)
        yield from self._source.readings(tally)
        self._whole = tally

    def collect(self) -> list[Reading]:
        """Every reading at once, for a file known to be small."""
        return list(self.walk())

    @property
    def problems(self) -> tuple[Problem, ...]:
        """Rows left out, by line; the first ten thousand of them."""
        return tuple(self._read_through().problems)

    @property
    def summary(self) -> Summary:
        """The whole file in figures."""
        return self._read_through().summary()

    def _read_through(self) -> Tally:
        if self._whole is None:
            for _ in self.walk():
                pass
        if self._whole is None:  # pragma: no cover - a pass that ends has set it
            raise RuntimeError("the pass did not end")
        return self._whole
