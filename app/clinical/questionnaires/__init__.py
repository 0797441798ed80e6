"""The portal's own questionnaires, as FHIR R4 files, and the form read from them.

    form = lifestyle()                       the lifestyle questionnaire
    form = load(questionnaire: dict)         any FHIR R4 Questionnaire; FormError lists every problem
    form.parts                               top-level groups, one page each
    form.read({"height": "170", ...})        posted text -> Read(answers, problems)
    form.enabled(answers) -> set[str]        linkIds a person should see now
    form.problems(answers, part=None) -> dict[str, Sentence]
    form.score(answers) -> dict[str, int | None]
    form.facts(answers, authored, source_id) -> tuple[Fact, ...]
    form.observations(answers, authored) -> list[dict]
    form.to_response(answers, authored) -> dict   (and from_response back)

Answers are FHIR-shaped: {"smoking-status": {"valueCoding": {"code": "LA18978-9", ...}}}.
"""
