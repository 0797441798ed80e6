"""Fields say what they want, what went wrong, and say it to those who listen too."""

from __future__ import annotations

from typing import Any
from xml.etree.ElementTree import Element

import html5lib
import pytest
from flask import render_template_string
from werkzeug.datastructures import MultiDict
from wtforms import Form, PasswordField, RadioField, SelectField, StringField
from wtforms.validators import InputRequired, Optional

from tests.support.inspection import words
from tests.support.portal import Portal

# The published types do not know yet that plain words are choices.
WAYS: Any = ["telephone", "email"]
UNITS: Any = ["kg", "lb"]

IMPORTS = """
{% from "components/field.html" import measure, radios, text %}
{% from "components/error_summary.html" import error_summary %}
"""


class Questions(Form):
    """One of each kind that behaves differently."""

    name = StringField("Your name", [InputRequired("Enter your name.")])
    nickname = StringField("Nickname", [Optional()])
    secret = PasswordField("Password")
    contact = RadioField(
        "How may we reach you?",
        [InputRequired("Choose one.")],
        choices=WAYS,
    )
    weight = StringField("Weight", [InputRequired("Enter a number.")])
    unit = SelectField("Unit", choices=UNITS)


@pytest.fixture
def refused() -> Questions:
    """The form after an empty answer."""
    form = Questions(MultiDict({"nickname": "Ana"}))
    form.validate()
    return form


def drawn(portal: Portal, source: str, form: Form) -> Element:
    """What the template source renders to, as a tree."""
    with portal.app.test_request_context():
        html = render_template_string(IMPORTS + source, form=form)
    parser = html5lib.HTMLParser(strict=True, namespaceHTMLElements=False)
    tree: Element = parser.parseFragment(html)
    return tree


def by_id(tree: Element, name: str) -> Element:
    """The one element with this id."""
    return next(one for one in tree.iter() if one.get("id") == name)


def test_hint_and_error_are_read_out_with_the_control(portal: Portal, refused: Questions) -> None:
    tree = drawn(portal, '{{ text(form.name, hint="As in your passport.") }}', refused)
    control = by_id(tree, "name")
    said = [words(by_id(tree, name)) for name in (control.get("aria-describedby") or "").split()]
    assert said == ["As in your passport.", "Error: Enter your name."]
    assert control.get("aria-invalid") == "true"


def test_a_field_in_order_says_nothing_about_errors(portal: Portal) -> None:
    control = by_id(drawn(portal, "{{ text(form.name) }}", Questions()), "name")
    assert control.get("aria-invalid") is None
    assert control.get("aria-describedby") is None


def test_only_what_may_be_left_out_is_called_optional(portal: Portal, refused: Questions) -> None:
    tree = drawn(portal, "{{ text(form.name) }}{{ text(form.nickname) }}", refused)
    assert [words(one) for one in tree.iter("label")] == ["Your name", "Nickname (optional)"]


def test_a_password_is_never_sent_back(portal: Portal) -> None:
    form = Questions(MultiDict({"secret": "violet anchor"}))
    control = by_id(drawn(portal, "{{ text(form.secret) }}", form), "secret")
    assert control.get("type") == "password"
    assert not control.get("value")


def test_choices_share_a_legend_and_its_error(portal: Portal, refused: Questions) -> None:
    tree = drawn(portal, "{{ radios(form.contact) }}", refused)
    group = by_id(tree, "contact")
    assert group.tag == "fieldset"
    assert words(next(group.iter("legend"))) == "How may we reach you?"
    assert words(by_id(tree, group.get("aria-describedby") or "")) == "Error: Choose one."


def test_number_and_unit_are_labelled_apart(portal: Portal, refused: Questions) -> None:
    tree = drawn(portal, "{{ measure(form.weight, form.unit) }}", refused)
    labels = {one.get("for"): words(one) for one in tree.iter("label")}
    assert labels == {"weight": "Weight", "unit": "Unit for: Weight"}


def test_every_line_of_the_summary_lands_on_a_control(portal: Portal, refused: Questions) -> None:
    source = """{{ error_summary(form) }}{{ text(form.name) }}{{ radios(form.contact) }}
    {{ measure(form.weight, form.unit) }}"""
    tree = drawn(portal, source, refused)
    summary = by_id(tree, "error-summary")
    targets = [(one.get("href") or "").removeprefix("#") for one in summary.iter("a")]
    assert targets == ["name", "contact-0", "weight", "unit"]
    assert {by_id(tree, name).tag for name in targets} == {"input", "select"}


def test_a_form_in_order_has_no_summary(portal: Portal) -> None:
    assert words(drawn(portal, "{{ error_summary(form) }}", Questions())) == ""


class Alike(Form):
    """Fields that are refused with the same sentence."""

    upper = StringField("Upper number", [InputRequired("Please enter a number.")])
    lower = StringField("Lower number", [InputRequired("Please enter a number.")])
    arm = RadioField("Which arm?", [InputRequired("Choose one.")], choices=WAYS)
    when = RadioField("When?", [InputRequired("Choose one.")], choices=WAYS)
    place = StringField("Place", [InputRequired("Say where.")])


def test_lines_of_the_summary_can_be_told_apart(portal: Portal) -> None:
    form = Alike(MultiDict({"upper": ""}))
    form.validate()
    tree = drawn(portal, "{{ error_summary(form) }}", form)
    assert [words(one) for one in tree.iter("a")] == [
        "Upper number: Please enter a number.",
        "Lower number: Please enter a number.",
        "Which arm? Choose one.",
        "When? Choose one.",
        "Say where.",
    ]
