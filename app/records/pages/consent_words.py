"""What a patient is asked to agree to, in plain words, edition by edition.

An edition that somebody answered stays here as they read it; a new one is added beside it, says in
`changed` what is new, and is entered in `care.rules.consents.EDITIONS`.
"""

from __future__ import annotations

from dataclasses import dataclass

from flask_babel import lazy_gettext as _l

from app.care.rules.consents import Decision, Purpose


@dataclass(frozen=True, slots=True)
class Text:
    """One edition: what is done, what a no changes, and what it does not change."""

    name: object
    done: tuple[object, ...]
    without: tuple[object, ...]
    same: tuple[object, ...]
    changed: object = ""


TEXTS: dict[tuple[Purpose, int], Text] = {
    (Purpose.CARE, 1): Text(
        _l("Being looked after here"),
        (
            _l("The people of your care team read what you answer, measure and write here."),
            _l("They write to you, and see and hear you in video visits."),
        ),
        (
            _l("From that moment nobody of your care team can open your record."),
            _l("They are told that you took your agreement back."),
            _l("You can write no more messages, and nobody sees a dangerous reading of yours."),
            _l("No plan is drafted for you."),
        ),
        (
            _l("You can go on reading everything here yourself."),
            _l("What was written down so far is kept, because clinics must keep their records."),
            _l("Visits stay booked until you or the clinic cancel them."),
            _l("You can agree again at any time. Your care team is then as it was."),
        ),
    ),
    (Purpose.PROXY, 1): Text(
        _l("Letting somebody act for you"),
        (
            _l("You can invite somebody you trust, such as a relative, to act for you here."),
            _l("You choose who it is, what they may do, and until when."),
            _l("Whatever they do is shown under their own name."),
        ),
        (
            _l("Everybody who acts for you loses that at once, also on pages they have open."),
            _l("If you invite somebody later, you agree anew by that."),
        ),
        (_l("Nothing changes for you and your care team."),),
    ),
    (Purpose.RECORDING, 1): Text(
        _l("Recording video visits"),
        (
            _l("Your clinician may ask in a visit whether it may be recorded."),
            _l("Everybody in the call is then asked, and nothing is recorded before all say yes."),
            _l("You and your clinician can watch it for a year. You can delete it sooner."),
        ),
        (
            _l("You are not asked in visits any more, and no visit is recorded."),
            _l("A recording that is being made stops within seconds."),
        ),
        (
            _l("Your visits go on just the same."),
            _l("Recordings made so far are kept for their year, unless you delete them."),
        ),
    ),
    (Purpose.RESEARCH, 1): Text(
        _l("Counting you for research"),
        (
            _l("The clinic counts who would agree that their data is used for research."),
            _l("It sees a made-up name for you, and none of your health data."),
            _l("Nothing else is done. If a study wants your data, you are asked anew."),
        ),
        (_l("You are not counted."),),
        (
            _l("Nothing changes in how you are looked after."),
            _l("Only you can decide about this, nobody for you."),
        ),
    ),
    (Purpose.DRAFTING, 1): Text(
        _l("Software that drafts your plan"),
        (
            _l("Software compares your answers and readings with medical guidelines."),
            _l("It writes a first draft of your plan, on the clinic's own computer."),
            _l(
                "A clinician looks at every line, changes it or leaves it out, and signs."
                " You see nothing before that."
            ),
        ),
        (
            _l("No software drafts a plan for you."),
            _l("What it had drafted and nobody had decided about is thrown away."),
            _l("Your clinician can write your plan by hand. That may take longer."),
        ),
        (
            _l("The plan that you have stays."),
            _l("You are still told at once what to do about a dangerous reading."),
        ),
    ),
}
# What a patient is asked about, in this order.
OFFERED = (
    Purpose.CARE,
    Purpose.DRAFTING,
    Purpose.RECORDING,
    Purpose.PROXY,
    Purpose.RESEARCH,
)
DECISIONS = {
    Decision.GIVEN: _l("You agreed"),
    Decision.REFUSED: _l("You said no"),
    Decision.WITHDRAWN: _l("You took your agreement back"),
}
# For the one line that a clinician reads on the chart.
SHORT = {
    Purpose.CARE: _l("care"),
    Purpose.PROXY: _l("somebody acting for them"),
    Purpose.RECORDING: _l("recordings"),
    Purpose.RESEARCH: _l("being counted for research"),
    Purpose.DRAFTING: _l("drafts by software"),
}
