"""Asking for a second factor again before a weighty act, and going on with what was begun."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

from flask import Flask, redirect, render_template, request, url_for
from flask_wtf.csrf import CSRFError
from werkzeug import Response

from app.accounts import operations, queries, room
from app.accounts.forms import CodeForm
from app.accounts.operations.holding import sweep
from app.accounts.pages import cookie
from app.kernel import actor as actors
from app.kernel import once
from app.kernel.access import SAFE_METHODS, FactorNeeded, signed_in
from app.kernel.refusal import Refusal
from app.web import kept
from app.web.addresses import form_page, inside, next_page
from app.web.forgery import protect

Answer = str | Response


@dataclass(frozen=True, slots=True)
class Saving:
    """A form that is answered with a file: the browser saves it and shows no other page.

    `heading` and `onward` are words; `back` is the endpoint of the page that offers the file.
    """

    heading: object
    back: str
    onward: object


_saving: dict[str, Saving] = {}


def saves_file(endpoint: str, saving: Saving) -> None:
    """Say what to show in place of a farewell while the browser saves the file of an endpoint."""
    _saving[endpoint] = saving


def _file_of(path: str) -> Saving | None:
    return next((one for door, one in _saving.items() if url_for(door) == path), None)


@room.page("/confirm", access=signed_in(writes=True), methods=("GET", "POST"))
def confirm() -> Answer:
    """Ask for a code once more."""
    form = CodeForm(next=inside(request.args.get("next")) or "")
    if form.validate_on_submit():
        try:
            token = operations.confirm_again(actors.required(), form.code.data or "")
        except Refusal as refusal:
            form.refuse(refusal)
        else:
            return cookie.give(redirect(next_page(), 303), token)
    actor = actors.required()
    shown = {"passkeys": queries.passkeys(actor), "coded": queries.is_enrolled(actor.person_id)}
    return render_template("accounts/confirm.html", form=form, **shown)


@room.page("/confirm/go-on", access=signed_in())
def go_on() -> str:
    """The form that had to wait, ready to be sent: by script at once, else with one button."""
    held = operations.held(actors.required())
    saving = _file_of(held.path) if held else None
    return render_template("accounts/go_on.html", held=held, saving=saving)


def _ask(_needed: FactorNeeded) -> Response:
    """To the page that asks for a factor and, after it, back to what was begun."""
    if request.method in SAFE_METHODS:
        target = inside(request.full_path.rstrip("?"))
    else:
        target = url_for("accounts.go_on") if _hold() else form_page()
    return redirect(url_for("accounts.confirm", next=target), 303)


def _hold() -> bool:
    """Keep the posted form to send it again, if it is whole and its person's own doing.

    What holds a secret is not sent again; it waits, without the secret, to be looked over.
    """
    actor = actors.required()
    try:
        protect.protect()
    except CSRFError:
        return kept.keep() and False
    fields = [
        (name, value) for name, value in request.form.items(multi=True) if name != "csrf_token"
    ]
    secret = any(name in kept.SECRETS or "password" in name for name, _value in fields)
    if secret or request.files or once.person_of_form() != actor.person_id:
        return kept.keep() and False
    path = request.full_path.rstrip("?")
    return operations.hold(actor, path, fields) or (kept.keep() and False)


@room.at_opening
def install(app: Flask) -> None:
    """Answer every page that needs a fresh factor in one way."""
    app.register_error_handler(FactorNeeded, _ask)


room.every(timedelta(minutes=10))(sweep)
