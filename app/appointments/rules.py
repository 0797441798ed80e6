"""Pure rules of visits: their states, who may take which step when, and clocks in zones."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, date, datetime, time, timedelta
from enum import StrEnum
from zoneinfo import ZoneInfo

from app.kernel.actor import HOLDERS, Role


class AppointmentState(StrEnum):
    """Where a visit stands (FHIR AppointmentStatus codes)."""

    BOOKED = "booked"
    FULFILLED = "fulfilled"
    CANCELLED = "cancelled"
    NOSHOW = "noshow"


class Step(StrEnum):
    """What can happen to a visit."""

    MOVE = "move"
    CANCEL = "cancel"
    FULFIL = "fulfil"
    MISS = "miss"


# The one table: a pair that is not here cannot happen. Only a booked visit goes anywhere.
STEPS = {
    (AppointmentState.BOOKED, Step.MOVE): AppointmentState.BOOKED,
    (AppointmentState.BOOKED, Step.CANCEL): AppointmentState.CANCELLED,
    (AppointmentState.BOOKED, Step.FULFIL): AppointmentState.FULFILLED,
    (AppointmentState.BOOKED, Step.MISS): AppointmentState.NOSHOW,
}
WHO = {
    Step.MOVE: frozenset({Role.CLINICIAN, Role.COORDINATOR}),
    Step.CANCEL: frozenset({*HOLDERS, Role.CLINICIAN, Role.COORDINATOR}),
    Step.FULFIL: frozenset({Role.CLINICIAN}),
    Step.MISS: frozenset({Role.CLINICIAN, Role.COORDINATOR}),
}
LENGTHS_MINUTES = (15, 20, 30, 45, 60, 90)
SHORTEST_MINUTES, LONGEST_MINUTES = 5, 240
VERSION_DIGITS = 9
FIRST_YEAR, LAST_YEAR = 2000, 2200
FURTHEST_AHEAD = timedelta(days=366)
# A visit that runs late stays on the first page this long after its planned end.
SHOWN_AFTER_END = timedelta(hours=2)


class Problem(StrEnum):
    """Why a step or a time cannot be had; the words are chosen where they are shown."""

    OVER = "over"
    NOT_YOURS = "not-yours"
    BEGUN = "begun"
    NOT_BEGUN = "not-begun"
    PAST = "past"
    TOO_FAR = "too-far"
    LENGTH = "length"
    TAKEN = "taken"
    PATIENT_BUSY = "patient-busy"
    NO_SUCH_TIME = "no-such-time"
    TWICE = "twice"


def after(state: AppointmentState, step: Step) -> AppointmentState | None:
    """The state that follows, or None where the step cannot be taken."""
    return STEPS.get((state, step))


def step_problem(
    state: AppointmentState, step: Step, role: Role, starts_at: datetime, moment: datetime
) -> Problem | None:
    """Why this person cannot take the step now, or None if they can."""
    if after(state, step) is None:
        return Problem.OVER
    if role not in WHO[step]:
        return Problem.NOT_YOURS
    if step is Step.MISS and moment < starts_at:
        return Problem.NOT_BEGUN
    if step is Step.CANCEL and role in HOLDERS and moment >= starts_at:
        return Problem.BEGUN
    return None


def steps_open_to(
    state: AppointmentState, role: Role, starts_at: datetime, moment: datetime
) -> list[Step]:
    """The steps that a page may offer this person now."""
    return [one for one in Step if step_problem(state, one, role, starts_at, moment) is None]


def slot_problem(starts_at: datetime, minutes: int, moment: datetime) -> Problem | None:
    """Why a visit cannot stand at this time, whoever else is busy then."""
    if starts_at <= moment:
        return Problem.PAST
    if starts_at - moment > FURTHEST_AHEAD:
        return Problem.TOO_FAR
    if not SHORTEST_MINUTES <= minutes <= LONGEST_MINUTES:
        return Problem.LENGTH
    return None


def overlaps(starts_at: datetime, minutes: int, others: Iterable[tuple[datetime, int]]) -> bool:
    """Whether the time from `starts_at` runs into one of the others; touching ends do not."""
    ends_at = starts_at + timedelta(minutes=minutes)
    return any(
        start < ends_at and starts_at < start + timedelta(minutes=length)
        for start, length in others
    )


def is_upcoming(
    state: AppointmentState, starts_at: datetime, minutes: int, moment: datetime
) -> bool:
    """Whether the visit is still ahead, or going on."""
    end = starts_at + timedelta(minutes=minutes) + SHOWN_AFTER_END
    return state is AppointmentState.BOOKED and moment < end


def moment_of(day: date, clock: time, zone: str) -> datetime | Problem:
    """The instant that a calendar day and a clock name in a zone.

    On the nights when clocks change, some times do not exist and some come twice; a visit must
    not stand on either. Years beyond any visit overflow in some zones.
    """
    if day.year < FIRST_YEAR:
        return Problem.PAST
    if day.year > LAST_YEAR:
        return Problem.TOO_FAR
    there = datetime.combine(day, clock, ZoneInfo(zone))
    instant = there.astimezone(UTC)
    if instant.astimezone(ZoneInfo(zone)).replace(tzinfo=None) != there.replace(tzinfo=None):
        return Problem.NO_SUCH_TIME
    if there.replace(fold=1).utcoffset() != there.utcoffset():
        return Problem.TWICE
    return instant


def version_of(text: str | None) -> int:
    """The version that a form says its reader saw; nonsense is a version that never was."""
    plain = text is not None and text.isascii() and text.isdigit() and len(text) <= VERSION_DIGITS
    return int(text) if plain and text else 0


def clocks_differ(moment: datetime, one: str, other: str) -> bool:
    """Whether clocks in the two zones show different times at this moment."""
    there = moment.astimezone(ZoneInfo(one)).utcoffset()
    return there != moment.astimezone(ZoneInfo(other)).utcoffset()
