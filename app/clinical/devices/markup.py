"""Expat, told what to refuse: entities, external references, and shapes no export has."""

from __future__ import annotations

from collections.abc import Callable
from xml.parsers import expat

from app.clinical.devices.opening import refused
from app.clinical.errors import ClinicalInputError
from app.clinical.sentences import N_

ENTITIES = N_(
    "This file defines entities or points to other files, which an export never does. We did"
    " not read it."
)
TOO_DEEP = N_("This file is nested deeper than any export, so we did not read it.")
TOO_LONG = N_("A single entry in this file is far too long, so we did not read it.")

# HealthData, Workout, WorkoutRoute, Location and a few more.
MOST_DEPTH = 32
# An entry of an export is a few hundred bytes; its document type some twenty thousand.
MOST_BYTES_BETWEEN_TAGS = 2**20

# Expat's "not well-formed (invalid token)".
WRONG_LETTER = expat.errors.codes[expat.errors.XML_ERROR_INVALID_TOKEN]

Attributes = dict[str, str]


class Damaged(Exception):
    """The bytes are no XML from here on."""


class Parser:
    """A streaming parser whose elements go to `start` and `end`."""

    def __init__(
        self,
        start: Callable[[str, Attributes], None],
        end: Callable[[str], None],
        encoding: str | None = None,
    ) -> None:
        self.encoding = encoding
        self._expat = expat.ParserCreate(encoding)
        self._expat.XmlDeclHandler = self._declared
        # Attributes defaulted in the document type are not the person's; and they multiply.
        self._expat.specified_attributes = True
        self._expat.StartDoctypeDeclHandler = _document_type
        self._expat.EntityDeclHandler = _entity
        self._expat.ExternalEntityRefHandler = _external
        self._expat.SetParamEntityParsing(expat.XML_PARAM_ENTITY_PARSING_NEVER)
        self._silent = 0
        self._tags = self._watch(start, end)

    def _watch(
        self, start: Callable[[str, Attributes], None], end: Callable[[str], None]
    ) -> Callable[[], int]:
        """Set the handlers; hands back how to ask for the number of tags opened so far."""
        most, depth, tags = MOST_DEPTH, 0, 0

        def opened(name: str, attributes: Attributes) -> None:
            nonlocal depth, tags
            depth += 1
            if depth > most:
                raise refused(TOO_DEEP)
            tags += 1
            start(name, attributes)

        def closed(name: str) -> None:
            nonlocal depth
            depth -= 1
            end(name)

        self._expat.StartElementHandler = opened
        self._expat.EndElementHandler = closed
        return lambda: tags

    def _declared(self, _: str, encoding: str | None, __: int) -> None:
        self.encoding = encoding

    @property
    def damaged_at(self) -> int:
        """The first place in all that was fed where something new may begin."""
        place = max(int(self._expat.ErrorByteIndex), 0)
        # A wrong letter is pointed at itself, any other damage by where its entry begins.
        wrong_letter = self._expat.ErrorCode == WRONG_LETTER
        return place if wrong_letter else place + 1

    @property
    def line(self) -> int:
        """The line being read."""
        return int(self._expat.CurrentLineNumber)

    def feed(self, data: bytes, *, last: bool = False) -> None:
        """Parse the next bytes; raises `Damaged` where they are no XML."""
        before = self._tags()
        try:
            self._expat.Parse(data, last)
        except (expat.ExpatError, LookupError, ValueError) as error:
            if isinstance(error, ClinicalInputError):
                raise
            raise Damaged from error
        self._silent = 0 if self._tags() > before else self._silent + len(data)
        if self._silent > MOST_BYTES_BETWEEN_TAGS:
            raise refused(TOO_LONG)


def _document_type(_: str, system: str | None, public: str | None, __: int) -> None:
    if system is not None or public is not None:
        raise refused(ENTITIES)


def _entity(*_: object) -> None:
    raise refused(ENTITIES)


def _external(*_: object) -> int:
    raise refused(ENTITIES)
