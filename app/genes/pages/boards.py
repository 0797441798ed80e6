"""The ways to genetic reports; none of them asks the database whether there are any."""

from __future__ import annotations

from collections.abc import Iterator

from app.care.queries import PatientView
from app.kernel.access import holds
from app.kernel.actor import Actor, Power, Role
from app.web.boards import CHART, RESULTS, TODAY, Card


@RESULTS.offers(Role.PATIENT, carers=Power.GENES)
def beside_results(_actor: Actor) -> Iterator[Card]:
    """From the patient's results."""
    yield Card("genes/_own.html")


@TODAY.offers(carers=Power.GENES)
def of_the_cared_for(actor: Actor) -> Iterator[Card]:
    """For carers who have no way over the results."""
    if not holds(actor, Power.RESULTS):
        yield Card("genes/_own.html", order=60)


@CHART.offers(Role.CLINICIAN, Role.COORDINATOR)
def on_chart(_actor: Actor, patient: PatientView) -> Iterator[Card]:
    """From the chart, for those to whom genetic data is open."""
    if patient.genetic:
        yield Card("genes/_chart.html", {"patient": patient}, order=30)
