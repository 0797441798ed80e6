"""Whatever is sent to a door, it answers in words: never with a fault, never half done."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import partial
from urllib.parse import urlencode, urlsplit

import pytest
from werkzeug.test import TestResponse

from app.kernel.actor import Stage
from app.kernel.settings import Environment
from app.web.fields import PortalForm
from tests.conftest import ENGINES
from tests.doors.asking import Asker, contents
from tests.doors.objects import Scene
from tests.doors.test_matrix import DOORS, READING, roles_of
from tests.doors.walk import Door
from tests.kernel.test_reading import BAD
from tests.support.portal import ORIGIN, Portal, Templates, Visitor, migrate
from tests.web.test_addresses import OUTSIDE

WRITING = [door for door in DOORS if door.method != "GET"]
# They read where a person was going.
STEPS = [door for door in DOORS if door.endpoint.startswith("accounts.") and not door.names]
EVERYWHERE = [
    *OUTSIDE,
    "//evil.example/%2f..",
    "/%2f%2fevil.example",
    "/\x00//evil.example",
    "/\x85",
]
SOME_OUTSIDE = ["////evil.example", "/\\evil.example", "https://evil.example"]
ANSWERS = {200, 303, 400, 403, 404, 409, 410, 413, 422, 429}
FORM = "application/x-www-form-urlencoded"
TEXTS = {
    "long": "x" * 60_000,
    "null": "a\0b",
    "control": "".join(map(chr, range(1, 32))) + "\x7f\x85\x9b",
    "terminal": "\x1b[31m\x1b]0;title\x07",
    "turned": "\u202e\u2066words\u2069",
    "no letters": "\ufffe\uffff\U0010ffff",
    "half a letter": "a\ud800b",
    "markup": "{{7*7}}${7*7}<script>alert(1)</script>",
    "statement": "'; DROP TABLE person; --",
    "numbers": "1e400",
    "no number": "NaN",
    "wide digits": "\uff11\uff12\uff13\uff14\uff15\uff16",
    "many digits": "9" * 5_000,
    "negative": "-0",
    "year": "0000-00-00",
    "far year": "99999-12-31",
}
# Those that a field might let pass, which then go on to the operation.
ALONE = ("control", "no letters", "markup", "no number", "many digits")
QUERIES = ("next", "month", "page", "measure", "after", "before", "place", "v")
# What may be written although nothing was done: that it was tried, and the words themselves.
BESIDES = ("audit_event", "limit_count", "kept_form", "held_form", "challenge", "data_key")


# What PostgreSQL takes another way than SQLite: the rest is refused before it comes to either.
THROUGH = ("null", "control", "no letters", "half a letter", "numbers", "many digits", "far year")


def texts_for(asker: Asker) -> dict[str, str]:
    """Every text for the engine that most clinics have, the telling ones for the other."""
    engine = asker.portal.app.extensions["database"].engine.dialect.name
    return TEXTS if engine == "sqlite" else {one: TEXTS[one] for one in THROUGH}


# Each engine refuses other texts; what never reaches it need not be asked of both.
ON_EACH = pytest.mark.parametrize("scene", ENGINES, indirect=True, scope="module")


@pytest.fixture(scope="module")
def scene(
    request: pytest.FixtureRequest,
    templates: Templates,
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[Scene]:
    """Two clinics, on SQLite unless a test asks for another engine."""
    directory = tmp_path_factory.mktemp("bad")
    if getattr(request, "param", "sqlite") == "sqlite":
        url = templates.sqlite(directory / "portal.db")
    else:
        cluster = request.getfixturevalue("postgres")
        url = cluster.clone("portal", lambda empty: migrate(empty, directory))
    portal = Portal(url, directory, Environment.TEST)
    yield Scene(portal, portal.clinic(), portal.clinic())
    portal.close()


@pytest.fixture
def asker(scene: Scene) -> Asker:
    return Asker(scene)


def field_names() -> list[str]:
    """Every field of every form there is."""
    found: set[str] = set()
    kinds: list[type[PortalForm]] = [PortalForm]
    while kinds:
        kind = kinds.pop()
        kinds += kind.__subclasses__()
        found |= {name for name in dir(kind) if hasattr(getattr(kind, name), "field_class")}
    return sorted(found | {"next", "credential", "version", "step", "line"})


def stand(asker: Asker, door: Door) -> tuple[Visitor, str]:
    """Somebody who may pass this door, before one that leads to a thing of theirs."""
    role = roles_of(door.access)[0]
    path = asker.path(door, role, own=True)
    return asker.visitor(role, max(door.access.stage, Stage.PASSWORD)), path


def post(visitor: Visitor, path: str, fields: dict[str, str]) -> TestResponse:
    """Send a form as bytes, for a browser's own ways of writing leave some texts out."""
    body = urlencode(fields, errors="surrogatepass")
    said = {"Sec-Fetch-Site": "same-origin", "Origin": ORIGIN}
    answer = visitor.client.post(path, base_url=ORIGIN, data=body, content_type=FORM, headers=said)
    return visitor._look(answer)


def is_answered(answer: TestResponse, what: object) -> None:
    """The person is told something, and it is no fault of ours."""
    assert answer.status_code in ANSWERS, f"{what}: {answer.status}"
    if answer.status_code >= 400:
        assert "<h1" in answer.text, what
    if answer.mimetype.startswith("text/"):
        assert "\0" not in answer.text, what


@ON_EACH
@pytest.mark.parametrize("door", WRITING, ids=str)
def test_form_full_of_nonsense_is_answered_in_words(asker: Asker, door: Door) -> None:
    visitor, path = stand(asker, door)
    for what, text in texts_for(asker).items():
        fields = dict.fromkeys(field_names(), text) | asker.keys(visitor)
        before = contents(asker.portal.app, *BESIDES) if what == "null" else None
        answer = post(visitor, path, fields)
        is_answered(answer, what)
        if before is not None and answer.status_code >= 400:
            assert contents(asker.portal.app, *BESIDES) == before, "half done"


@pytest.mark.parametrize("door", [one for one in WRITING if one.method == "POST"], ids=str)
def test_one_field_of_nonsense_in_a_good_form_is_answered_in_words(
    asker: Asker, door: Door
) -> None:
    visitor, path = stand(asker, door)
    if not any(one.endpoint == door.endpoint for one in READING):
        return  # A form that stands on another page; the test above fills it.
    for what, text in ((one, TEXTS[one]) for one in ALONE):
        for name in typed(visitor, path):
            shown = visitor.get(path)
            if shown.status_code != 200:
                return  # It was good after all, and is done.
            form = next(
                (one for one in visitor.page.iter("form") if one.get("action") == path), None
            )  # type: ignore[union-attr]  # a page
            if form is not None:
                is_answered(post(visitor, path, {**visitor.filled(path), name: text}), (what, name))


def typed(visitor: Visitor, path: str) -> list[str]:
    """The fields of a page's form that a person writes in or chooses."""
    answer = visitor.get(path)
    if answer.status_code != 200 or visitor.page is None:
        return []
    form = next((one for one in visitor.page.iter("form") if one.get("action") == path), None)
    boxes = (
        []
        if form is None
        else [one for one in form.iter() if one.tag in {"input", "textarea", "select"}]
    )
    names = {one.get("name", "") for one in boxes}
    return sorted(names - {"", "csrf_token", "form_key"})


@ON_EACH
@pytest.mark.parametrize("door", READING, ids=str)
def test_question_full_of_nonsense_is_answered_in_words(asker: Asker, door: Door) -> None:
    visitor, path = stand(asker, door)
    for what, text in texts_for(asker).items():
        question = urlencode(dict.fromkeys(QUERIES, text[:2000]), errors="surrogatepass")
        asked = f"{path.partition('?')[0]}?{question}"
        # A whole look at the page's HTML takes its time; one with marks of HTML in it shows most.
        look = visitor.get if what == "markup" else partial(visitor.client.get, base_url=ORIGIN)
        is_answered(look(asked), what)


@pytest.mark.parametrize("door", WRITING, ids=str)
def test_json_that_is_none_is_answered_in_words(asker: Asker, door: Door) -> None:
    visitor, path = stand(asker, door)
    said = {"Sec-Fetch-Site": "same-origin", "X-CSRFToken": asker.keys(visitor)["csrf_token"]}
    for what, text in BAD.items():
        data = text if isinstance(text, bytes) else text.encode("utf-8", "surrogatepass")
        answer = visitor.client.post(
            path, base_url=ORIGIN, data=data, content_type="application/json", headers=said
        )
        is_answered(answer, what)


FROM_ELSEWHERE = ("https://evil.example", "null", ORIGIN + ".evil", None)


@pytest.mark.parametrize("door", WRITING, ids=str)
def test_form_that_does_not_say_it_came_from_us_changes_nothing(asker: Asker, door: Door) -> None:
    visitor, path = stand(asker, door)
    fields = asker.keys(visitor)
    before = contents(asker.portal.app, "audit_event", "limit_count")
    for origin in FROM_ELSEWHERE:
        said = {"Origin": origin} if origin else {}
        answer = visitor.client.post(path, base_url=ORIGIN, data=fields, headers=said)
        assert answer.status_code == 403, origin
        assert "That was not sent from here" in answer.text, origin
    assert contents(asker.portal.app, "audit_event", "limit_count") == before


def stays(answer: TestResponse, target: str) -> None:
    """A redirect leads to a page of this portal."""
    led = answer.headers.get("Location", "/")
    parts = urlsplit(led.removeprefix(ORIGIN))
    assert not parts.scheme, (target, led)
    assert not parts.netloc, (target, led)
    assert re.match(r"/(?![/\\])", parts.path), (target, led)
    assert led.isprintable(), (target, led)


@pytest.mark.parametrize("door", DOORS, ids=str)
def test_no_door_leads_outside(asker: Asker, door: Door) -> None:
    visitor, path = stand(asker, door)
    stranger = asker.visitor(None)
    token = {"csrf_token": asker.keys(visitor)["csrf_token"]} if door.method != "GET" else {}
    for target in EVERYWHERE if door in STEPS else SOME_OUTSIDE:
        query = urlencode({"next": target})
        for one in (visitor, stranger):
            if door.method == "GET":
                joined = "&" if "?" in path else "?"
                stays(one.client.get(f"{path}{joined}{query}", base_url=ORIGIN), target)
            else:
                stays(post(one, f"{path}?{query}", {**token, "next": target}), target)


HEADERS = {
    "a browser without a name": {"User-Agent": ""},
    "a browser with a long name": {"User-Agent": "x" * 5000},
    "a browser with a strange name": {"User-Agent": "\x7f\xff'\"<script>"},
    "no language": {"Accept-Language": "*;q=x,\xff,," + "a-b-c-d-e," * 500},
    "a range": {"Range": "bytes=9-1,-,x"},
    "an old copy": {"If-None-Match": '"x', "If-Modified-Since": "yesterday"},
    "a strange kind": {"Accept": "\xff/*;q=2", "Content-Type": "x/y; charset=nothing"},
    "forwarded": {"X-Forwarded-For": "'; --", "X-Forwarded-Host": "evil.example"},
    "another method": {"X-HTTP-Method-Override": "DELETE"},
    "a strange mode": {"Sec-Fetch-Mode": "\xff", "Sec-Fetch-Site": "\xff"},
}


@pytest.mark.parametrize("door", READING, ids=str)
def test_strange_headers_are_answered_in_words(asker: Asker, door: Door) -> None:
    visitor, path = stand(asker, door)
    for what, said in HEADERS.items():
        answer = visitor.client.get(path, base_url=ORIGIN, headers=said)
        status = answer.status_code
        assert status in ANSWERS | {206, 416}, f"{what}: {answer.status}"
        assert "evil.example" not in answer.headers.get("Location", ""), what
        answer.close()
