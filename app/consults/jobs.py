"""Work beside the calls: forgetting pages that vanished, looking after recordings."""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID

from app.care.rules.consents import Purpose
from app.consults import room
from app.consults.operations import guests, present, recorder, recording


@room.every(timedelta(seconds=10))
def sweep() -> None:
    """Stop waiting for pages that did not come back."""
    present.sweep()


@room.every(timedelta(minutes=1))
def expire_guests() -> None:
    """Let guests go whose visit's room has closed."""
    guests.expire()


@room.every(timedelta(seconds=2))
def watch_recordings() -> None:
    """Tell people of a recording that ended by itself; ask again a node that did not answer."""
    recorder.watch()


@room.hears("care.consent_answered")
def consent_answered(patient_id: UUID, purpose: Purpose, stands: bool) -> None:
    """The patient said whether visits may be recorded at all."""
    if purpose is Purpose.RECORDING:
        recorder.consent_answered(patient_id, stands=stands)


@room.every(timedelta(hours=1))
def expire_recordings() -> None:
    """Delete what has been kept as long as people were told."""
    recording.expire()
