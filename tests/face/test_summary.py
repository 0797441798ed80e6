"""The summary of a refused form, as it lies on a narrow screen."""

from __future__ import annotations

from pathlib import Path

from flask import render_template_string
from wtforms import Form, StringField
from wtforms.validators import InputRequired

from tests.support.browser import PHONE, Visitors
from tests.support.portal import ORIGIN, Portal

SHEETS = Path(__file__).parents[2] / "static/css"
SUMMARY = """{% from "components/error_summary.html" import error_summary %}
{{ error_summary(form) }}"""
# A bullet stands on the line on which its item begins: so does a mark put first into the item.
LINES = """() => {
  const item = document.querySelector(".error-summary li");
  const mark = document.createElement("span");
  mark.textContent = "\\u2022";
  item.prepend(mark);
  const words = document.createRange();
  words.selectNodeContents(item.querySelector("a"));
  const lines = [...words.getClientRects()];
  const { top, bottom } = mark.getBoundingClientRect();
  return [lines.length, (top + bottom) / 2, lines[0].top, lines[0].bottom];
}"""


class Asked(Form):
    """Refused in more words than a line holds."""

    pressure = StringField(
        "Pressure",
        [
            InputRequired(
                "Enter the upper number of your blood pressure, as the display shows it, "
                "for example 128. Use numbers only."
            )
        ],
    )


def test_bullet_of_a_long_sentence_stands_beside_its_first_line(
    portal: Portal, visitors: Visitors
) -> None:
    form = Asked()
    assert not form.validate()
    with portal.app.test_request_context("/", base_url=ORIGIN):
        markup = render_template_string(SUMMARY, form=form)
    page = visitors.arrive(ORIGIN, viewport=PHONE)
    page.set_content(f"<main>{markup}</main>")
    for sheet in ("tokens", "base", "layout", "components", "contents", "forms"):
        page.add_style_tag(path=SHEETS / f"{sheet}.css")
    lines, bullet, top, foot = page.evaluate(LINES)
    assert lines > 1
    assert top <= bullet <= foot
