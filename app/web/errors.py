"""Error pages: what happened, what to do, and a number to quote."""

from __future__ import annotations

from collections.abc import Callable

from flask import Flask, flash, g, redirect, render_template, request, url_for
from flask_babel import lazy_gettext as _l
from sqlalchemy.exc import OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from structlog import get_logger
from werkzeug import Response
from werkzeug.exceptions import HTTPException, RequestEntityTooLarge

from app.kernel import actor as actors
from app.kernel.access import SAFE_METHODS, SignInDone, SignInNeeded
from app.kernel.actor import Stage
from app.kernel.crypto import Erased, SealBroken
from app.kernel.db import Busy
from app.kernel.once import AlreadyDone
from app.kernel.refusal import Refusal, TooMany
from app.web import kept, tampering
from app.web.addresses import form_page, inside, next_page
from app.web.i18n import gettext as _

Page = tuple[str, int]
Instead = Callable[[], str | None]
log = get_logger("web")
BUSY = (Busy, OperationalError, PoolTimeout)
WAIT_SECONDS = 3
KEPT = _l("It was sent before with other words. The new words are kept: open the page again.")
UNCLEAR, GONE, BROKEN = 400, 410, 500
RUN_OUT = _l("Your sign-in had run out. What you typed is kept for you.")
KEPT_HERE = _l("What you typed is kept for you.")
OPEN_AGAIN = _l("Open the page again")
NOT_OURS = _l("That did not come from us")
POSING = _l(
    "What this browser sent as your sign-in is not one of ours, so it opens nothing. We threw it"
    " away and noted it. Please sign in again."
)
FORGED = _l(
    "What this browser sent with the form is not as we gave it. We threw it away and noted it."
    " What you typed is kept: please open the page again and send it."
)
FORGED_BY_NOBODY = _l(
    "What this browser sent with the form is not as we gave it. We threw it away and noted it."
    " Nothing was sent: please open the page again and fill it in once more."
)
WORDS = {
    400: (_l("That did not arrive whole"), _l("Please go back and send it again.")),
    403: (_l("That was not sent from here"), _l("Please open the page again and try once more.")),
    404: (_l("We cannot find this page"), _l("It may have moved, or it is not yours to open.")),
    405: (_l("This page cannot do that"), _l("Please go back and use the buttons on the page.")),
    409: (_l("This was already sent"), KEPT),
    410: (
        _l("This cannot be opened"),
        _l(
            "It is not as we wrote it down, so we show none of it. This has been noted."
            " Please telephone the clinic."
        ),
    ),
    413: (_l("That was too much at once"), _l("Please send less, or a smaller file.")),
    429: (_l("Please wait a little"), _l("There were too many tries in a short time.")),
    500: (_l("Something went wrong on our side"), _l("Nothing you sent was half saved.")),
    503: (_l("We are very busy"), _l("Please wait a few seconds and try again.")),
}
_instead: list[Instead] = []


def instead_of_signing_in(answer: Instead) -> Instead:
    """Register the page of somebody who has nothing to sign in with; None where it is not theirs.

    Its status says that what was here is over, to scripts that would wait for it to come back.

    Asked, without an actor, where a page that needs one is only looked at.
    """
    _instead.append(answer)
    return answer


def page(
    status: int,
    text: object = None,
    back: str | None = None,
    *,
    title: object = None,
    onward: object = None,
) -> Page:
    """An error page for this status; `back` is the page where the person may go on.

    `title` stands in for the usual heading, `onward` for the words on the way there.
    """
    heading, advice = WORDS.get(status, WORDS[BROKEN] if status >= BROKEN else WORDS[UNCLEAR])
    shown = {
        "heading": title or heading,
        "advice": text or advice,
        "back": back,
        "onward": onward or OPEN_AGAIN,
        "request_id": g.get("request_id", ""),
    }
    try:
        return render_template("web/error.html", **shown), status
    except Exception:
        log.exception("error_page_failed", status=status)
        actors.nobody()  # The page of a stranger asks the database nothing.
        return render_template("web/error.html", **shown), status


def _http(error: HTTPException) -> Response | tuple[str, int, dict[str, str]]:
    if error.code is None or error.code < UNCLEAR:
        return error.get_response()
    methods = getattr(error, "valid_methods", None)
    return *page(error.code), {"Allow": ", ".join(sorted(methods))} if methods else {}


def _sign_in(needed: SignInNeeded) -> Response | Page:
    """To the sign-in page and, after it, back here; posted words wait for their person.

    Whoever poses as signed in is told so first: the way is theirs to take.
    """
    posing = tampering.is_posing()
    if not posing and needed.stage is Stage.ANYONE and request.method in SAFE_METHODS:
        for answer in _instead:
            if (shown := answer()) is not None:
                return shown, GONE
    step = "accounts.second_factor" if needed.stage is Stage.PASSWORD else "accounts.sign_in"
    if request.method in SAFE_METHODS:
        target = inside(request.full_path.rstrip("?"))
        target = target if target != "/" else None
    else:
        target = form_page()
        if _try_keep():
            flash(str(KEPT_HERE if posing else RUN_OUT), "info")
    where = url_for(step, next=target)
    if posing:
        return page(UNCLEAR, POSING, where, title=NOT_OURS, onward=_("Sign in"))
    return redirect(where, 303)


def _forged(_forged: tampering.Forged) -> Page:
    # Nobody's words are kept: there is no one to give them back to.
    words = FORGED if _try_keep() else FORGED_BY_NOBODY
    return page(UNCLEAR, words, form_page(), title=NOT_OURS)


def _signed_in(_done: SignInDone) -> Response:
    return redirect(next_page(), 303)


def _already(done: AlreadyDone) -> Response | Page:
    """The second click gets the first one's answer."""
    if not done.same:
        _try_keep()
        return page(409, back=form_page())
    if done.location is None:
        flash(_("We had that already. It was saved once."), "info")
    return redirect(done.location or form_page(), 303)


def _too_many(refusal: TooMany) -> tuple[str, int, dict[str, str]]:
    return *page(429, refusal.sentence), {"Retry-After": str(refusal.seconds)}


def _refused(refusal: Refusal) -> Response:
    """A refusal that no form is there to show: say it on the page the person came from."""
    _try_keep()
    flash(str(refusal.sentence), "warning")
    return redirect(form_page(), 303)


def _busy(error: Exception) -> tuple[str, int, dict[str, str]]:
    # The engine's own words, such as "database is locked": they quote nothing that was typed.
    cause = str(getattr(error, "orig", ""))[:120]
    log.warning("busy", endpoint=request.endpoint, error=type(error).__name__, cause=cause)
    wait = {"Retry-After": str(WAIT_SECONDS)}
    if request.method in SAFE_METHODS or not _try_keep():
        return *page(503), wait
    text = _("What you typed is kept. Please wait a few seconds and try again.")
    return *page(503, text, form_page()), wait


def _try_keep() -> bool:
    try:
        return kept.keep()
    except (*BUSY, RequestEntityTooLarge):
        return False  # There is no saving these; the answer must come all the same.


def _not_as_written(broken: SealBroken | Erased) -> Page:
    """A sealed value was moved or changed, or nothing can be sealed for this patient any more."""
    log.error("seal_broken", endpoint=request.endpoint, error=type(broken).__name__)
    return page(410)


def _trouble(error: Exception) -> Page:
    log.error("request_failed", endpoint=request.endpoint, exc_info=error)
    return page(500)


def install(app: Flask) -> None:
    """Register a page for every way a request can end badly."""
    app.register_error_handler(HTTPException, _http)
    app.register_error_handler(SignInNeeded, _sign_in)
    app.register_error_handler(tampering.Forged, _forged)
    app.register_error_handler(SignInDone, _signed_in)
    app.register_error_handler(AlreadyDone, _already)
    app.register_error_handler(TooMany, _too_many)
    app.register_error_handler(Refusal, _refused)
    for busy in BUSY:
        app.register_error_handler(busy, _busy)
    app.register_error_handler(SealBroken, _not_as_written)
    app.register_error_handler(Erased, _not_as_written)
    app.register_error_handler(Exception, _trouble)
