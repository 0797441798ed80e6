"""Two steps in, one step out."""

from __future__ import annotations

import io
from base64 import b64encode

import segno
from flask import flash, redirect, render_template, request, url_for
from werkzeug import Response

from app.accounts import operations, queries, room, rules
from app.accounts.forms import CodeForm, EmptyForm, OwnPasswordForm, RecoveryForm, SignInForm
from app.accounts.operations.changing import choose_own
from app.accounts.pages import cookie
from app.accounts.pages.regaining import arrive
from app.accounts.queries import factors
from app.kernel import actor as actors
from app.kernel.access import anyone, half_way, signed_in
from app.kernel.actor import Actor, Role
from app.kernel.refusal import Refusal
from app.web.addresses import inside, next_page
from app.web.i18n import gettext as _

Answer = str | Response
HALF_WAY = half_way(reason="the second of two steps of signing in", writes=True)


def carry_on(token: str, step: str) -> Response:
    """Hand over the session, and go on to the next step."""
    target = inside(request.values.get("next"))
    return cookie.give(redirect(url_for(step, next=target), 303), token)


def _begin(form: SignInForm) -> str:
    address = request.remote_addr or "unknown"
    given = (form.email.data or "", form.password.data or "", address)
    return operations.check_password(*given, cookie.device(), cookie.browser())


@room.page(
    "/sign-in",
    access=anyone(reason="people sign in here", writes=True),
    methods=("GET", "POST"),
)
def sign_in() -> Answer:
    """Ask for e-mail and password."""
    actor = actors.current()
    # A guest of a visit may have an account as well.
    if actor is not None and actor.stage is actors.Stage.FULL and actor.role is not Role.GUEST:
        return redirect(next_page(), 303)
    form = SignInForm(next=inside(request.args.get("next")) or "")
    if form.validate_on_submit():
        try:
            token = _begin(form)
        except Refusal as refusal:
            form.refuse(refusal)
        else:
            return carry_on(token, "accounts.second_factor")
    late = queries.ran_out_half_way(request.cookies.get(cookie.NAME, ""))
    return render_template("accounts/sign_in.html", form=form, late=late)


@room.page("/sign-in/code", access=HALF_WAY, methods=("GET", "POST"))
def second_factor() -> Answer:
    """Ask for the authenticator's code, or a passkey; those without either enrol first."""
    actor = actors.required()
    if not factors.has_any(actor.person_id):
        return redirect(url_for("accounts.enrol", next=inside(request.values.get("next"))), 303)
    form = CodeForm(next=inside(request.args.get("next")) or "")
    if form.validate_on_submit():
        try:
            return arrive(operations.verify_second_factor(actor, form.code.data or ""))
        except Refusal as refusal:
            form.refuse(refusal)
    coded = queries.is_enrolled(actor.person_id)
    return render_template("accounts/second_factor.html", form=form, coded=coded)


@room.page("/sign-in/password", access=HALF_WAY, methods=("GET", "POST"))
def own_password() -> Answer:
    """Have a lent password replaced before anything else."""
    actor = actors.required()
    if not queries.password_is_lent(actor.person_id):
        onward = inside(request.values.get("next"))
        return redirect(url_for("accounts.second_factor", next=onward), 303)
    form = OwnPasswordForm(next=inside(request.args.get("next")) or "")
    if form.validate_on_submit():
        try:
            token = choose_own(actor, form.password.data or "")
        except Refusal as refusal:
            form.refuse(refusal)
        else:
            return carry_on(token, "accounts.enrol")
    return render_template("accounts/own_password.html", form=form)


@room.page("/sign-in/recovery", access=HALF_WAY, methods=("GET", "POST"))
def recovery() -> Answer:
    """Take a recovery code instead."""
    actor = actors.required()
    form = RecoveryForm(next=inside(request.args.get("next")) or "")
    if form.validate_on_submit():
        try:
            answer = arrive(operations.redeem_recovery_code(actor, form.recovery_code.data or ""))
        except Refusal as refusal:
            form.refuse(refusal)
        else:
            left = queries.recovery_codes_left(actor.person_id)
            flash(_("You have %(count)s recovery codes left.", count=left), "info")
            return answer
    coded = queries.is_enrolled(actor.person_id)
    return render_template("accounts/recovery.html", form=form, coded=coded)


@room.page("/sign-in/authenticator", access=HALF_WAY, methods=("GET", "POST"))
def enrol() -> Answer:
    """Connect an authenticator app: scan, type the first code."""
    actor = actors.required()
    if step := step_before(actor):
        return redirect(url_for(step, next=inside(request.values.get("next"))), 303)
    form = CodeForm(next=inside(request.args.get("next")) or "")
    if form.validate_on_submit():
        try:
            token = operations.confirm_enrolment(actor, form.code.data or "")
        except Refusal as refusal:
            form.refuse(refusal)
        else:
            return carry_on(token, "accounts.recovery_codes")
    shown = _first_key(actor)
    either = rules.may_begin_with_passkey(actor.role)
    return render_template("accounts/enrol.html", form=form, either=either, **shown)


def _first_key(actor: Actor) -> dict[str, str]:
    """The key to connect; says so where it stands in for one that was shown before."""
    if factors.secret_ran_out(actor.person_id):
        flash(
            _("The picture that you saw before can be used no more. Please use this one."), "info"
        )
    return key_of(actor, operations.begin_enrolment(actor))


def step_before(actor: Actor) -> str | None:
    """The page that comes instead of a first second factor, if one does."""
    if factors.has_any(actor.person_id):
        return "accounts.second_factor"
    return "accounts.own_password" if queries.password_is_lent(actor.person_id) else None


def key_of(actor: Actor, secret: str) -> dict[str, str]:
    """The secret in groups of four, as a picture, and as an address that opens the app."""
    address = operations.provisioning_address(secret, actor.name)
    shown = rules.in_groups(secret, 4, " ")
    return {"secret": shown, "picture": _qr(address), "app_link": address}


def _qr(address: str) -> str:
    """The QR code as a data: picture; inline SVG would need a style exception."""
    out = io.BytesIO()
    segno.make(address, error="m").save(out, kind="svg", scale=6, border=4, light="#ffffff")
    return "data:image/svg+xml;base64," + b64encode(out.getvalue()).decode()


@room.page("/recovery-codes", access=signed_in(writes=True), methods=("GET", "POST"))
def recovery_codes() -> Answer:
    """Show new recovery codes until the person says that they have them."""
    actor = actors.required()
    form = EmptyForm()
    if form.validate_on_submit():
        operations.codes_are_saved(actor)
        return redirect(next_page(), 303)
    codes = operations.codes_to_show(actor)
    if not codes:
        return redirect(url_for("accounts.settings"), 303)
    return render_template("accounts/recovery_codes.html", form=form, codes=codes)


@room.page("/sign-out", access=signed_in(writes=True), methods=("POST",))
def sign_out() -> Response:
    """End this session here and at every open page of it."""
    operations.sign_out(actors.required())
    answer = cookie.withdraw(redirect(url_for("accounts.sign_in"), 303))
    flash(_("You are signed out."), "good")
    return answer
