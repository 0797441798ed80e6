"""The shape of what comes in and goes out: fields, files, tokens, and what scripts are told."""

from __future__ import annotations

import importlib
import re
from typing import Any

import pytest
from wtforms import HiddenField, PasswordField, StringField, TextAreaField
from wtforms.fields.core import UnboundField

from app.web.fields import LongWords, PortalForm, Words
from tests.asvs import source
from tests.asvs.walking import Opened
from tests.consults import reels
from tests.consults.meeting import book
from tests.consults.test_pages import data_of
from tests.doors.walk import doors
from tests.structure.tree import ROOT, label, python
from tests.support.portal import Clinic, Portal
from tests.web.shed import furnish, open_form, written

# Numbers, days and times: read whole by a parser that takes one shape of each.
# A zone is one of those that there are; a name that is only looked for is kept nowhere.
PARSED = {
    "DigitsForm": {"digits"},
    "EntryForm": {"day", "clock"},
    "EmergencyForm": {"name"},
    "InviteForm": {"zone"},
}
CHANGES_FACTORS = re.compile(r"^/(?:authenticator|passkeys|recovery-codes/new|password|email)\b")
# These begin, name or show what the others then do; none of them changes what signs in.
HARMLESS = {"accounts.own_passkeys"}
MESSAGE = {"id", "author", "role", "mine", "text", "at", "state", "when"}
FILE_NAME = re.compile(r"attachment; filename=[a-z]+\.[a-z]+")


def forms() -> list[type[PortalForm]]:
    """Every form that a module of the portal writes out."""
    found = []
    for path in python("app"):
        if path.name == "forms.py" or path.parent.name == "forms":
            name = path.relative_to(ROOT).with_suffix("").as_posix().replace("/", ".")
            module = importlib.import_module(name.removesuffix(".__init__"))
            found += [
                one
                for one in vars(module).values()
                if isinstance(one, type) and issubclass(one, PortalForm) and one.__module__ == name
            ]
    return [one for one in found if not one.__module__.startswith("app.demo")]


def takes(form: type[PortalForm]) -> dict[str, Any]:
    """The fields of a form by name, as they are written out."""
    return {name: one for name in dir(form) if isinstance(one := getattr(form, name), UnboundField)}


def is_bounded(field: Any) -> bool:
    """Whether one of its checks is a limit of length."""
    given = [*field.args[1:2], field.kwargs.get("validators") or ()]
    checks = [check for part in given for check in part]
    return any(getattr(one, "__qualname__", "").startswith("at_most.") for one in checks)


def test_every_field_that_takes_words_is_bounded_and_cleaned() -> None:
    assert len(forms()) > 12
    for form in forms():
        for name, field in takes(form).items():
            kind = field.field_class
            if kind in {Words, LongWords, PasswordField}:
                parsed = name in PARSED.get(form.__name__, ())
                assert is_bounded(field) or parsed, f"{form.__name__}.{name}"
            elif issubclass(kind, StringField | TextAreaField):
                assert kind is HiddenField, f"{form.__name__}.{name} takes words as they come"


def test_every_page_that_changes_a_factor_asks_for_a_fresh_one() -> None:
    found = [
        door
        for door in doors()
        if CHANGES_FACTORS.match(door.path) and door.endpoint not in HARMLESS
    ]
    assert len({door.endpoint for door in found}) > 5
    assert [str(door) for door in found if not door.access.fresh] == []


def test_every_file_is_named_by_the_portal(clinic: Clinic) -> None:
    """A recording by its own random id, a mail by the notice that it tells of."""
    portal = clinic.portal
    visit = book(portal, clinic.patient, clinic.clinician)
    with portal.inside():
        reels.kept(portal.actor(clinic.clinician), visit)
    known = portal.app.extensions["settings"]
    names = [path.name for path in known.media_recordings.iterdir()]
    assert names
    assert all(re.fullmatch(r"[0-9a-f-]{32,36}\.webm\.sealed", name) for name in names), names
    assert clinic.patient.name not in "".join(names)


def test_every_file_that_leaves_has_a_fixed_name(opened: list[Opened]) -> None:
    said = [
        one.answer.headers["Content-Disposition"]
        for one in opened
        if "Content-Disposition" in one.answer.headers
    ]
    assert said
    assert [one for one in said if FILE_NAME.fullmatch(one) is None] == []
    assert source.called("send_file", "flask.send_file", "send_from_directory") == []
    loose = [
        label(path, node)
        for name, path, node in source.calls("app")
        if any(keyword.arg == "download_name" for keyword in node.keywords)
    ]
    assert loose == []


def test_scripts_are_told_these_fields_and_no_more(clinic: Clinic) -> None:
    portal = clinic.portal
    portal.visit(clinic.patient).send("/messages", body="Good morning")
    found = portal.visit(clinic.coordinator).get(
        f"/patients/{clinic.patient.patient_id}/messages/since?after=0"
    )
    answer = found.get_json()
    assert set(answer) == {"messages", "seen", "newer", "unread"}
    assert set(answer["messages"][0]) == MESSAGE
    visit = book(portal, clinic.patient, clinic.clinician)
    visitor = portal.visit(clinic.patient)
    visitor.get(f"/visits/{visit}")
    told = data_of(visitor)
    for secret in (clinic.patient.email, clinic.clinician.email, str(clinic.patient.patient_id)):
        assert secret not in str(told)
    assert not {"email", "birth_date", "session", "token", "patient"} & set(told)


@pytest.mark.parametrize("kind", ["form_key", "__Host-shell"])
def test_a_token_of_one_kind_is_none_of_another(portal: Portal, kind: str) -> None:
    """All are signed with one secret, and each says for what."""
    visitor = portal.visit(furnish(portal))
    form = {**open_form(visitor), "words": "swapped"}
    cookie = visitor.client.get_cookie("__Host-shell", domain="nearside.test")
    assert cookie
    other = {**form, "__Host-shell": cookie.value}[kind]
    visitor.post("/shed", {**form, "csrf_token": other})
    assert written(portal) == 0
    visitor.post("/shed", {**open_form(visitor), "words": "not swapped"})
    assert written(portal) == 1
