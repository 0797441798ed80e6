"""Pages that ask before they act: what every one of them does once its form was sent."""

from __future__ import annotations

from collections.abc import Callable

from flask import flash, redirect
from werkzeug import Response

from app.kernel.refusal import Refusal
from app.web.fields import PortalForm


def carried_out(
    form: PortalForm, act: Callable[[], object], done: str, onward: str
) -> Response | None:
    """Once the form was sent: act, say that it is done and lead on to the address `onward`.

    None while the page is still to be shown: before that, and after a refusal, which the form
    then holds.
    """
    if not form.validate_on_submit():
        return None
    try:
        act()
    except Refusal as refusal:
        form.refuse(refusal)
        return None
    flash(done, "good")
    return redirect(onward, 303)
