"""The forms of having carers."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l
from wtforms import SelectMultipleField
from wtforms.fields.choices import SelectChoice  # type: ignore[attr-defined]  # newer than stubs
from wtforms.widgets import CheckboxInput, ListWidget

from app.care.forms.invitations import NO_EMAIL, NO_NAME, an_address
from app.care.rules.invitations import LONGEST_EMAIL, LONGEST_NAME
from app.kernel.actor import Power
from app.web.fields import NO_DAY, Blank, Day, Needed, PortalForm, Words, at_most

POWER_WORDS = {
    Power.RESULTS: _l("See your results and your plan"),
    Power.ENTRIES: _l("Answer questions and enter results for you"),
    Power.MESSAGES: _l("Read and write messages for you"),
    Power.VISITS: _l("See your visits, and call one off"),
    Power.GENES: _l("See the results of your gene tests"),
}


class PowersForm(PortalForm):
    """What somebody may do, and until when."""

    powers = SelectMultipleField(
        _l("What may they do?"),
        [Needed(_l("Please choose at least one thing that they may do."))],
        choices=[SelectChoice(one.value, said) for one, said in POWER_WORDS.items()],
        widget=ListWidget(prefix_label=False),
        option_widget=CheckboxInput(),
    )
    last_day = Day(_l("Until which day?"), [Needed(NO_DAY)])

    def chosen(self) -> list[Power]:
        """The powers, once the form is valid."""
        return [Power(one) for one in self.powers.data or []]


class InviteCarerForm(PowersForm):
    """Whom a patient would like to act for them."""

    name = Words(_l("Their name"), [Needed(NO_NAME), Blank(NO_NAME), at_most(LONGEST_NAME)])
    email = Words(_l("Their e-mail"), [Needed(NO_EMAIL), an_address, at_most(LONGEST_EMAIL)])
