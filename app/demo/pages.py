"""The style guide: every component in every state."""

from __future__ import annotations

from datetime import timedelta

from flask import render_template, request
from werkzeug.datastructures import MultiDict

from app.demo import room
from app.demo.forms import EveryField
from app.kernel import clock
from app.kernel.access import anyone

READINGS = (142, 139, 141, 137, 138, 134, 136, 133, 131, 132)


@room.page("/styleguide", access=anyone(reason="it shows invented data only"))
def styleguide() -> str:
    """Every component; `?dir=rtl` shows them right to left."""
    return render_template(
        "web/styleguide.html",
        form=EveryField(),
        bad_form=_refused(),
        chart_points=_points(),
        bad_points=[],
        dir="rtl" if request.args.get("dir") == "rtl" else "ltr",
        now=clock.now(),
    )


def _points() -> list[tuple[str, int]]:
    moment = clock.now()
    return [
        ((moment - timedelta(days=len(READINGS) - at)).isoformat(), value)
        for at, value in enumerate(READINGS)
    ]


def _refused() -> EveryField:
    form = EveryField(formdata=MultiDict({"bad-about": ""}), prefix="bad-")
    form.validate()
    return form
