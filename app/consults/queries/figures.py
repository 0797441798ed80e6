"""How the line of a past visit was, as its calls counted it."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

from sqlalchemy import select

from app.consults.models import Call
from app.consults.queries import VisitView
from app.consults.rules import Way
from app.consults.rules.figures import Quality, quality
from app.kernel import db

TENTHS = Decimal("0.1")


@dataclass(frozen=True, slots=True)
class LineView:
    """All calls of a visit together: the worst of each figure, and every interruption.

    `setup` in seconds, of the first call; `lost` and `concealed` in per cent, None where no page
    told them.
    """

    setup: Decimal | None
    way: Way | None
    interruptions: int
    lost: Decimal | None
    concealed: Decimal | None
    quality: Quality | None


def line(one: VisitView) -> LineView | None:
    """How the line was; None for a visit in which nobody met."""
    if one.consult_id is None:
        return None
    met = select(Call).where(Call.consult_id == one.consult_id, Call.connected_at.is_not(None))
    calls = db.session().scalars(met.order_by(Call.began_at)).all()
    if not calls:
        return None
    lost = max(
        (call.lost_permille for call in calls if call.lost_permille is not None), default=None
    )
    made_up = [call.concealed_permille for call in calls if call.concealed_permille is not None]
    concealed = max(made_up, default=None)
    told = lost is not None and concealed is not None
    return LineView(
        setup=_tenths(calls[0].setup_milliseconds, 1000),
        way=calls[-1].way,
        interruptions=sum(call.reconnects for call in calls),
        lost=_tenths(lost, 10),
        concealed=_tenths(concealed, 10),
        quality=quality(lost or 0, concealed or 0) if told else None,
    )


def _tenths(value: int | None, parts: int) -> Decimal | None:
    return None if value is None else (Decimal(value) / parts).quantize(TENTHS)
