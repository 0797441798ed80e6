"""A FHIR R4 questionnaire ready to be asked, with the rules of SDC."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from app.clinical.sdc import checking, definition, observing, reading, settling, starting
from app.clinical.sdc.definition import Definition
from app.clinical.sdc.exact import plain
from app.clinical.sdc.item import Finding, Item, Json
from app.clinical.sdc.session import Session
from app.clinical.sdc.texts import translated
from app.clinical.sdc.tree import intake
from app.clinical.sdc.valuesets import Resolver

Context = Mapping[str, Any]


@dataclass(frozen=True, eq=False)
class Form:
    """A questionnaire that can be asked. Everything here is pure: answers in, answers out.

    `context` is what the caller brings to the rules: launch resources by name (`patient`),
    results of queries by name, and `now`, a datetime; there is no clock in here. A rule that
    asks for the time without it gives nothing, and `problems` says so.
    """

    definition: Definition

    @property
    def warnings(self) -> tuple[Finding, ...]:
        """What the form gets wrong but can be understood: linkId, sentence, severity."""
        return self.definition.warnings

    @property
    def items(self) -> tuple[Item, ...]:
        """The items at the top; each holds those below it."""
        return self.definition.items

    @property
    def launch_context(self) -> Mapping[str, str]:
        """The names of what the caller should bring, and the kind of resource each is."""
        return self.definition.launch

    def item(self, link_id: str) -> Item:
        """One item; `KeyError` where the form has none of that name."""
        return self.definition.by_link[link_id]

    def text(self, link_id: str, language: str = "") -> str:
        """The text of an item; in the language where the form is translated into it."""
        return translated(self.item(link_id).source, "text", language)

    def title(self, language: str = "") -> str:
        """The form's title."""
        return translated(self.definition.source, "title", language)

    def option_text(self, link_id: str, code: str, language: str = "") -> str:
        """The words of one answer to choose from."""
        for option in self.item(link_id).options:
            coding = option.source.get("valueCoding") or option.value.get("valueCoding")
            if isinstance(coding, dict) and coding.get("code") == code:
                return translated(coding, "display", language) or code
        return code

    def start(self, context: Context | None = None) -> Json:
        """A new response: fixed values, what the context fills in, and what follows from both."""
        session = self._session({}, context)
        starting.fill(session)
        starting.populate(session)
        settling.settle(session)
        return self._written(session)

    def enabled(self, response: Any, context: Context | None = None) -> set[str]:
        """The linkIds of the items that are asked, given these answers."""
        session = self._settled(response, context)
        return {place.item.link_id for place in session.nodes() if place.enabled}

    def calculate(self, response: Any, context: Context | None = None) -> Json:
        """A new response with initial values and calculations, without what is not asked.

        Initial values go to questions the response does not mention, unless it is finished.
        A question mentioned without an answer was left empty by a person, and stays so.
        """
        session = self._session(response, context)
        if session.top.doc.get("status") not in checking.FINISHED:
            starting.fill(session)
        settling.settle(session)
        return self._written(session)

    def problems(self, response: Any, context: Context | None = None) -> list[Finding]:
        """What is wrong with the answers: linkId, sentence, and "error" or "warning"."""
        return checking.check(self._settled(response, context))

    def score(self, response: Any, context: Context | None = None) -> Decimal | None:
        """The weights of all answers together; None where no answer has one."""
        weights = list(observing.scored(self._settled(response, context)))
        known = [weight for weight in weights if weight is not None]
        return sum(known, Decimal(0)) if known else None

    def observations(self, response: Any, context: Context | None = None) -> list[Json]:
        """FHIR Observations, by SDC observation-based extraction.

        None of a response that was entered in error or stopped. Whether the answers are fit to
        be kept is asked of `problems` first.
        """
        return observing.Extraction(self._settled(response, context)).run()

    def _session(self, response: Any, context: Context | None) -> Session:
        session = Session(self.definition, intake(response, self.definition.by_link), context)
        session.write()
        return session

    def _settled(self, response: Any, context: Context | None) -> Session:
        session = self._session(response, context)
        settling.settle(session)
        return session

    def _written(self, session: Session) -> Json:
        source = self.definition.source
        doc = session.write()
        if "questionnaire" not in doc and isinstance(source.get("url"), str):
            version = f"|{source['version']}" if source.get("version") else ""
            doc = {"questionnaire": f"{source['url']}{version}"} | doc
        made: Json = plain(doc)
        return made


def load(questionnaire: Mapping[str, Any], resolver: Resolver | None = None) -> Form:
    """Read a FHIR R4 Questionnaire.

    `resolver` turns the address of a value set into a ValueSet resource, or None; without
    one, a list of answers that the form does not contain takes any answer.

    Raises `FormError`, whose `problems` are all that make the form unusable, as linkId and
    sentence. What can be understood is in `Form.warnings`.
    """
    return Form(definition.read(questionnaire, resolver))


def loads(source: str | bytes, resolver: Resolver | None = None) -> Form:
    """Read a questionnaire from JSON nobody vouches for; raises `FormError` as `load` does."""
    return load(reading.read(source), resolver)
