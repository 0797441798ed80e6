"""Coming, joining, leaving and finishing, as the database keeps them, on both engines."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import datetime, timedelta

import pytest
from sqlalchemy import func, select

from app.appointments import operations as appointments
from app.consults import queries
from app.consults.models import Call, Consult, Presence
from app.consults.operations import closing, present
from app.consults.operations.present import Page
from app.consults.queries import VisitView
from app.consults.rules import CallFigures, CallState, Place, VisitState, Way
from app.kernel import clock, db
from app.kernel.actor import Actor, Role
from app.kernel.models import AuditEvent
from app.kernel.refusal import Refusal, Stale
from tests.consults.meeting import book
from tests.support.portal import Portal, Someone

HIS, HERS = Page("sid-his", "his-page-1", True, True), Page("sid-hers", "her-page-1", True, True)


class Two:
    """The two people of one visit, as operations know them."""

    def __init__(self, portal: Portal) -> None:
        self.portal = portal
        self.doctor = portal.person(Role.CLINICIAN)
        self.ana = portal.patient(self.doctor)
        self.appointment = book(portal, self.ana, self.doctor)
        self.clinician, self.patient = portal.actor(self.doctor), portal.actor(self.ana)

    def seen_by(self, actor: Actor) -> VisitView:
        """The visit as this person may see it."""
        found = queries.visit(actor, self.appointment)
        assert found is not None
        return found

    def enter(self, actor: Actor, page: Page, *, joining: bool = True) -> bool:
        """Open the room, or join."""
        return present.enter(self.seen_by(actor), actor, page, joining=joining)

    def report(
        self,
        actor: Actor,
        page: Page,
        *,
        connected: bool = True,
        setup: int = 0,
        figures: CallFigures | None = None,
    ) -> None:
        """A page's beat."""
        seen = self.seen_by(actor)
        present.report(
            seen, actor, page, connected=connected, figures=figures or CallFigures(setup)
        )

    def connect(self) -> None:
        """Both in the call, media flowing."""
        self.enter(self.patient, HERS)
        self.enter(self.clinician, HIS)
        self.report(self.patient, HERS, setup=240)
        self.report(self.clinician, HIS, setup=260)

    def calls(self) -> list[Call]:
        """Every attempt so far."""
        return list(db.session().scalars(select(Call).order_by(Call.began_at)))

    def places(self) -> dict[str, Place]:
        """Where everybody is."""
        return {row.sid: row.place for row in db.session().scalars(select(Presence))}

    def tags(self) -> list[str]:
        """What the log says of this room."""
        mine = select(AuditEvent.tag).where(AuditEvent.tag.startswith("consults."))
        return list(db.session().scalars(mine.order_by(AuditEvent.at)))


@pytest.fixture
def two(portal: Portal) -> Iterator[Two]:
    """Inside the portal, on its embedded database."""
    two = Two(portal)
    with portal.inside():
        yield two


@pytest.fixture
def two_on_each(portal_on_each: Portal) -> Iterator[Two]:
    """The same on each engine in turn, for what constraints and locks decide."""
    two = Two(portal_on_each)
    with portal_on_each.inside():
        yield two


def test_a_call_is_kept_with_its_setup_time_and_no_content(two: Two) -> None:
    two.connect()
    (call,) = two.calls()
    assert call.state is CallState.CONNECTED
    assert call.setup_milliseconds == 240
    assert call.connected_at is not None
    columns = set(Call.__table__.columns.keys())
    assert columns == {
        "id",
        "consult_id",
        "state",
        "node",
        "began_at",
        "connected_at",
        "ended_at",
        "setup_milliseconds",
        "way",
        "lost_permille",
        "concealed_permille",
        "reconnects",
    }


def test_the_way_of_a_call_and_its_worst_loss_are_kept(two_on_each: Two) -> None:
    two = two_on_each
    two.connect()
    (call,) = two.calls()
    assert (call.way, call.lost_permille, call.concealed_permille) == (None, None, None)
    two.report(two.patient, HERS, figures=CallFigures(240, Way.RELAY, 30, 4))
    two.report(two.clinician, HIS, figures=CallFigures(260, Way.DIRECT, 2, 9))
    (call,) = two.calls()
    assert (call.way, call.lost_permille, call.concealed_permille) == (Way.DIRECT, 30, 9)
    two.report(two.patient, HERS)
    (call,) = two.calls()
    assert (call.way, call.lost_permille) == (Way.DIRECT, 30)


def test_the_clinician_coming_in_starts_the_visit_and_the_patient_does_not(two: Two) -> None:
    two.enter(two.patient, HERS)
    assert two.seen_by(two.patient).state is VisitState.PLANNED
    two.enter(two.clinician, HIS, joining=False)
    assert two.seen_by(two.patient).state is VisitState.PLANNED
    two.enter(two.clinician, HIS)
    assert two.seen_by(two.patient).state is VisitState.IN_PROGRESS


def test_a_reload_is_one_reconnect_of_the_same_call(two_on_each: Two) -> None:
    two = two_on_each
    two.connect()
    present.lose(HERS.sid)
    assert two.places()[HERS.sid] is Place.LOST
    again = Page("sid-hers-2", "her-page-2", True, True)
    two.enter(two.patient, again)
    two.report(two.patient, again)
    (call,) = two.calls()
    assert (call.state, call.reconnects) == (CallState.CONNECTED, 1)
    assert call.setup_milliseconds == 240


def test_a_lost_socket_alone_is_no_reconnect_while_media_flows(two: Two) -> None:
    two.connect()
    present.lose(HERS.sid)
    two.enter(two.patient, replace(HERS, sid="sid-hers-2"))
    (call,) = two.calls()
    assert (call.state, call.reconnects) == (CallState.CONNECTED, 0)


def test_the_call_ends_when_both_hang_up_and_another_begins(two_on_each: Two) -> None:
    two = two_on_each
    two.connect()
    present.leave(two.seen_by(two.patient), two.patient, HERS)
    assert two.calls()[0].state is CallState.CONNECTING
    present.leave(two.seen_by(two.clinician), two.clinician, HIS)
    assert two.calls()[0].state is CallState.ENDED
    assert two.seen_by(two.patient).state is VisitState.IN_PROGRESS
    two.enter(two.patient, HERS)
    assert [one.state for one in two.calls()] == [CallState.ENDED, CallState.CONNECTING]


def test_who_never_comes_back_is_let_go_after_a_minute(two: Two) -> None:
    two.connect()
    present.lose(HERS.sid)
    moment = clock.now()
    with clock.standing_at(moment + timedelta(seconds=50)) as move:
        present.sweep()
        assert HERS.sid in two.places()
        two.report(two.clinician, HIS)
        move(moment + timedelta(seconds=70))
        present.sweep()
        assert set(two.places()) == {HIS.sid}
        move(moment + timedelta(seconds=300))
        present.sweep()
        assert two.places() == {}
        assert two.calls()[0].state is CallState.ENDED


def test_an_older_page_can_neither_report_nor_hang_up(two: Two) -> None:
    two.connect()
    newer = Page("sid-new", "her-page-2", True, True)
    two.enter(two.patient, newer)
    with pytest.raises(Stale):
        two.report(two.patient, HERS)
    with pytest.raises(Stale):
        present.leave(two.seen_by(two.patient), two.patient, HERS)
    assert two.places()[newer.sid] is Place.CALL


def test_a_second_page_that_is_only_opened_leaves_the_call_where_it_is(two: Two) -> None:
    two.connect()
    assert not two.enter(two.patient, Page("sid-new", "her-page-2", True, True), joining=False)
    assert two.places()[HERS.sid] is Place.CALL


@pytest.mark.parametrize(
    ("minutes", "opens"), [(-11, False), (-9, True), (130, True), (150, False)]
)
def test_the_room_lets_in_while_it_is_open(two: Two, minutes: int, opens: bool) -> None:
    start: datetime = two.seen_by(two.patient).appointment.starts_at
    with clock.standing_at(start + timedelta(minutes=minutes)):
        if opens:
            assert two.enter(two.patient, HERS)
        else:
            with pytest.raises(Refusal):
                two.enter(two.patient, HERS)
            assert two.places() == {}


def test_finishing_ends_everything_once(two_on_each: Two) -> None:
    two = two_on_each
    two.connect()
    closing.finish(two.seen_by(two.clinician))
    closing.finish(two.seen_by(two.clinician))
    assert two.places() == {}
    assert two.calls()[0].state is CallState.ENDED
    assert two.seen_by(two.patient).state is VisitState.FINISHED
    assert two.tags().count("consults.visit_finished") == 1
    with pytest.raises(Refusal):
        two.enter(two.patient, HERS)
    with pytest.raises(Stale):
        two.report(two.patient, HERS)


def test_a_visit_that_never_began_cannot_be_finished(two: Two) -> None:
    two.enter(two.patient, HERS)
    with pytest.raises(Refusal):
        closing.finish(two.seen_by(two.clinician))
    assert two.seen_by(two.patient).state is VisitState.PLANNED
    assert "consults.visit_finished" not in two.tags()


def test_the_log_says_who_joined_and_left_and_when_it_began(two: Two) -> None:
    two.connect()
    present.leave(two.seen_by(two.patient), two.patient, HERS)
    assert two.tags() == [
        "consults.joined",
        "consults.joined",
        "consults.visit_started",
        "consults.left",
    ]


def test_many_pages_opened_at_once_make_one_visit_and_one_call(portal_on_each: Portal) -> None:
    two = Two(portal_on_each)

    def open_page(number: int) -> None:
        actor = two.patient if number % 2 else two.clinician
        with portal_on_each.inside():
            two.enter(actor, Page(f"sid-{number}", f"page-{number:04}", True, True))

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(open_page, range(16)))
    with portal_on_each.inside():
        assert db.session().scalar(select(func.count()).select_from(Consult)) == 1
        assert len(two.calls()) == 1
        assert len(two.places()) == 2


def test_a_cancelled_visit_has_no_room(two: Two) -> None:
    version = two.seen_by(two.clinician).appointment.version
    appointments.cancel(two.clinician, two.appointment, version=version)
    assert queries.visit(two.patient, two.appointment) is None
    assert queries.visit(two.clinician, two.appointment) is None


def test_only_the_two_of_the_visit_can_load_it(portal: Portal) -> None:
    two = Two(portal)
    others: list[Someone] = [
        portal.person(Role.CLINICIAN),
        portal.person(Role.COORDINATOR),
        portal.person(Role.ADMINISTRATOR),
        portal.patient(two.doctor),
    ]
    with portal.inside():
        assert [queries.visit(portal.actor(one), two.appointment) for one in others] == [None] * 4
        assert queries.visit_of_clinician(two.patient, two.appointment) is None
