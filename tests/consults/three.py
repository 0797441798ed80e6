"""A visit to which others may come, as operations know it."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from sqlalchemy import select

from app.consults.models import ConsultGuest
from app.consults.operations import present
from app.consults.operations.present import Page
from app.consults.queries import guests as seen
from app.consults.queries.guests import GuestView
from app.consults.rules.guests import Worth
from app.kernel import db
from app.kernel.models import AuditEvent
from tests.consults.company import MARIA, invited, visit_of
from tests.consults.test_operations import Two
from tests.support.portal import Someone

GUESTS = Page("sid-guest", "guest-page-1", True, True)


class Three(Two):
    """A visit to which others may come."""

    def invite(self, by: Someone | None = None, name: str = MARIA) -> UUID:
        """A link; the patient's, if nobody else is named."""
        return invited(self.portal, by or self.ana, self.appointment, name)

    def worth(self, link: UUID) -> Worth:
        """What the link is worth now."""
        found = seen.invitation(None, link)
        assert found is not None
        return found.worth

    def only(self, by: Someone) -> GuestView:
        """The one guest, as this person sees them."""
        (found,) = seen.guests(visit_of(self.portal, by, self.appointment))
        return found

    def states(self) -> list[str]:
        """Where every invitation stands."""
        rows = db.session().scalars(select(ConsultGuest).order_by(ConsultGuest.created_at))
        return [row.state.value for row in rows]

    def come(self, guest: Someone, page: Page = GUESTS, *, joining: bool = True) -> bool:
        """The guest opens the room, or joins."""
        actor = self.portal.actor(guest)
        return present.enter(self.seen_by(actor), actor, page, joining=joining)

    def told(self, entity: str) -> list[tuple[str, dict[str, Any]]]:
        """What the log says of them."""
        asked = select(AuditEvent).where(AuditEvent.entity == entity).order_by(AuditEvent.at)
        rows = db.session().scalars(asked).all()
        assert all(row.patient_id == self.ana.patient_id for row in rows)
        return [(row.tag.removeprefix("consults.guest_"), row.detail) for row in rows]
