"""What the program must not contain, whatever it is asked to do: read from its own text."""

from __future__ import annotations

import ast
import re

import jinja2
import pytest
from jinja2 import nodes

from tests.asvs import source
from tests.doors.walk import application
from tests.structure.tree import ROOT, label, parsed, python, shipped

PATTERNS = re.compile(
    r"(?:re|regex)\.(?:compile|fullmatch|match|search|sub|split|findall|finditer)"
)
# Expressions of imported questionnaires: bounded in length and in time by the module itself.
BOUNDED_PATTERNS = "app/clinical/sdc/patterns.py"
# A count of bytes, not a word of anybody's.
COUNTED_PATTERNS = "app/media/bodies.py"
# `read.text(...)` asks for a setting; these are not SQLAlchemy's.
READERS = {"read", "self", "metrics"}
STATEMENTS = ("app/kernel/audit/", "app/kernel/db.py", "app/kernel/models.py")
# Names that open nothing: of an account that was closed, and of a leg at the node.
NO_KEYS = {"app/accounts/operations/closing.py", "app/media/leg.py"}
LINKING = {"href", "src", "action", "formaction", "poster", "data"}
OURS = ("url_for(", "static(")
# Addresses that a page or a macro is given: made by url_for, or written in a table of ours.
HANDED_OVER = re.compile(
    r"\{\{ (?:[\w.]+\.)?(?:href|url|path|action|picture|address)(?:\([\w, .]*\))? \}\}"
    r"|tel:\{\{ phone\|replace\(' ', ''\) \}\}|#\{\{ .* \}\}|\{\{ evidence\.source_of\(.*\) \}\}"
)
SECRET_LOOKS = re.compile(
    r"-----BEGIN (?:[A-Z]+ )?PRIVATE" + r" KEY-----"
    r"|\b(?:AKIA|ghp_|xox[bp]-|sk_live_)[A-Za-z0-9]{12,}"
    r"|\b[0-9a-f]{64}\b"
)
# Hashes of packages are no secrets.
LOCKS = {"requirements.txt", "requirements-dev.txt", "requirements-node.txt", "package-lock.json"}


def test_nothing_is_run_through_a_shell() -> None:
    assert source.called("os.system", "os.popen", "subprocess.getoutput") == []
    shells = [
        label(path, node)
        for name, path, node in source.calls("app")
        for keyword in node.keywords
        if keyword.arg == "shell"
    ]
    assert shells == []
    assert set(source.importers("subprocess")) == {"subprocess"}
    assert source.importers("subprocess")["subprocess"] == {"app/demo/commands.py"}


def test_no_text_is_run_as_code() -> None:
    assert source.called("eval", "exec", "compile", "__import__", "builtins.eval") == []
    assert (
        source.script_matches(r"\beval\s*\(|new Function\b|set(?:Timeout|Interval)\(\s*[\"'`]")
        == []
    )


def test_no_page_is_built_from_text() -> None:
    assert source.importers("jinja2.Template", "jinja2.sandbox") == {}
    built = ("render_template_string", "app.jinja_env.from_string", "Template", "jinja2.Template")
    assert source.called(*built) == []


def test_templates_escape_and_never_call_a_persons_words_safe() -> None:
    environment = application().jinja_env
    assert application().select_jinja_autoescape("web/today.html")
    for path in source.templates():
        tree = environment.parse(path.read_text(encoding="utf-8"))
        safe = [one for one in tree.find_all(nodes.Filter) if one.name in {"safe", "forceescape"}]
        assert all(isinstance(one.node, nodes.Const) for one in safe), path
        assert not list(tree.find_all(nodes.ScopedEvalContextModifier)), path


def test_markup_is_only_made_of_our_own_text() -> None:
    loose = [
        label(path, node)
        for name, path, node in source.calls("app")
        if name.rpartition(".")[2] == "Markup" and not all(map(source.is_constant, node.args))
    ]
    assert loose == []


def test_addresses_in_pages_come_from_the_portal_itself() -> None:
    """A link is written out, made by url_for or static, or given by a page that made it so."""
    handed_over = {
        value
        for path in source.templates()
        for name, value in re.findall(r"\b([a-z]+)=\"([^\"]*\{\{[^\"]*)\"", path.read_text())
        if name in LINKING and not any(f"{{{{ {way}" in value for way in OURS)
    }
    assert handed_over
    assert {one for one in handed_over if HANDED_OVER.fullmatch(one) is None} == set()


def test_no_query_is_put_together_from_words() -> None:
    """Rooms hand the database constants or SQLAlchemy's own constructs, never text of their making.

    The kernel alone also passes on statements that SQLAlchemy compiled, for the record's speed.
    """
    loose = {
        path.relative_to(ROOT).as_posix()
        for name, path, node in source.calls("app")
        if name.rpartition(".")[2] in {"text", "exec_driver_sql"}
        and name.partition(".")[0] not in READERS
        and not source.is_constant(node.args[0])
    }
    assert {one for one in loose if not one.startswith(STATEMENTS)} == set()


def test_patterns_are_written_by_us() -> None:
    loose = {
        path.relative_to(ROOT).as_posix()
        for name, path, node in source.calls("app")
        if PATTERNS.fullmatch(name) and not source.is_constant(node.args[0])
    }
    assert loose <= {BOUNDED_PATTERNS, COUNTED_PATTERNS}


def test_formats_are_written_by_us() -> None:
    loose = [
        label(path, node)
        for name, path, node in source.calls("app")
        if isinstance(node.func, ast.Attribute)
        and node.func.attr in {"format", "format_map", "safe_substitute"}
        and not source.is_constant(node.func.value)
        and ast.unparse(node.func.value) != "Markup('<time datetime=\"{}\">{}</time>')"
    ]
    assert loose == []


def test_nothing_is_unpacked_into_objects() -> None:
    unsafe = ("pickle", "cPickle", "marshal", "shelve", "dill", "jsonpickle", "yaml", "joblib")
    assert source.importers(*unsafe) == {}


def test_only_named_modules_speak_to_other_machines() -> None:
    clients = ("urllib.request", "http.client", "smtplib", "ftplib", "requests", "httpx", "aiohttp")
    found = {
        one: name
        for name, files in source.importers(*clients).items()
        for one in files
        if not one.startswith("app/media/")
    }
    assert found == {
        "app/kernel/mail.py": "smtplib",
        "app/consults/operations/nodes.py": "http.client",
        # The demo's own command asks the portal that it started whether it lives.
        "app/demo/commands.py": "http.client",
    }


def test_whatever_must_not_be_guessed_comes_from_the_system() -> None:
    assert source.importers("random", "numpy.random") == {}
    assert source.called("uuid1", "uuid.uuid1") == []
    short = [
        label(path, node)
        for name, path, node in source.calls("app")
        if name in {"secrets.token_bytes", "secrets.token_urlsafe", "secrets.token_hex"}
        and isinstance(node.args[0], ast.Constant)
        and int(str(node.args[0].value)) < 16
        and path.relative_to(ROOT).as_posix() not in NO_KEYS
    ]
    assert short == []


def test_codes_are_judged_by_the_servers_clock() -> None:
    assert source.called("totp.now", "totp.verify") == []
    judged = [
        node
        for name, _path, node in source.calls("app/accounts")
        if name.rpartition(".")[2] == "accepted_step"
    ]
    assert judged
    for node in judged:
        assert ast.unparse(node.args[2]) in {"moment", "clock.now()"}, ast.unparse(node)


def test_scripts_never_turn_words_into_markup() -> None:
    sinks = r"\.(?:inner|outer)HTML\b|insertAdjacentHTML|document\.write|createContextualFragment"
    assert source.script_matches(sinks + r"|DOMParser|setHTMLUnsafe|\.srcdoc\b") == []


def test_scripts_give_no_hold_on_prototypes() -> None:
    changed = r"__proto__|\.prototype(?:\.\w+|\[[^\]]*\])\s*=[^=]|Object\.setPrototypeOf"
    assert source.script_matches(changed + r"|for \(\s*\w* ?\w+ in ") == []
    assert source.script_matches(r"Object\.assign\(\s*\w+\s*,\s*(?:JSON|await)") == []


def test_scripts_speak_to_no_other_window() -> None:
    assert (
        source.script_matches(r"postMessage\([^)]*[\"']\*[\"']|window\.opener|document\.domain")
        == []
    )


def test_browsers_keep_no_words_of_a_person() -> None:
    """What scripts put into the browser's stores: the state of a call, and one wish."""
    assert source.script_matches(r"document\.cookie|indexedDB|caches\.open|serviceWorker") == []
    kept = source.script_matches(r"(?:local|session)Storage\.setItem\((\w+)")
    assert {one.partition("(")[2] for one in kept} == {"KEPT", "HELD", "ALWAYS"}
    assert {one.partition(":")[0] for one in kept} == {"visit.js"}


def test_pages_use_nothing_that_browsers_have_given_up() -> None:
    gone = re.compile(r"<(?:object|embed|applet|frame|frameset|marquee|blink|font|center)\b")
    found = [path.name for path in source.templates() if gone.search(path.read_text())]
    assert found == []


def test_pages_scripts_and_styles_load_nothing_from_elsewhere() -> None:
    elsewhere = re.compile(
        r"(?:src|srcset|poster|action)=\"(?:https?:)?//|<link[^>]+href=\"(?:https?:)?//"
    )
    assert [path.name for path in source.templates() if elsewhere.search(path.read_text())] == []
    assert source.script_matches(r"(?:import|fetch|from)\s*\(?\s*[\"'`](?:https?:)?//") == []
    sheets = sorted((ROOT / "static" / "css").rglob("*.css"))
    assert sheets
    called = re.compile(r"@import|url\(\s*[\"']?(?:https?:)?//")
    assert [path.name for path in sheets if called.search(path.read_text())] == []


def test_no_secret_is_in_the_repository() -> None:
    found = []
    for path in shipped():
        if path.name in LOCKS or path.suffix in {".png", ".svg"} or "tests" in path.parts:
            continue
        try:
            text = path.read_text(encoding="utf-8")
        except UnicodeDecodeError:
            continue
        found += [f"{label(path)}: {one[0][:12]}" for one in SECRET_LOOKS.finditer(text)]
    assert found == []
    named = re.compile(
        r"^\s*\w*(?:password|secret|token)\w*\s*=\s*[\"'][^\"']{8,}[\"']\s*$",
        re.IGNORECASE | re.MULTILINE,
    )
    assert [label(path) for path in python("app") if named.search(path.read_text())] == []


def test_nobody_is_asked_what_others_could_know() -> None:
    """No hint and no question of memory stands in for a factor: these are all the fields."""
    fields = {
        target.id
        for path in python("app/accounts")
        if path.name == "forms.py"
        for node in ast.walk(parsed(path))
        if isinstance(node, ast.Assign)
        for target in node.targets
        if isinstance(target, ast.Name)
    }
    assert fields
    assert not {one for one in fields if re.search(r"hint|question|maiden|pet|school", one)}


@pytest.mark.parametrize(
    ("text", "constant"),
    [
        ("'a'", True),
        ("f'{NAME}a'", True),
        ("f'{name}a'", False),
        ("name", False),
        ("'a' + B", True),
    ],
)
def test_a_constant_is_told_from_what_varies(text: str, constant: bool) -> None:
    assert source.is_constant(ast.parse(text, mode="eval").body) is constant


def test_a_word_called_safe_is_seen() -> None:
    tree = jinja2.Environment().parse("{{ words|safe }}")  # noqa: S701 - it is read, not rendered
    (found,) = tree.find_all(nodes.Filter)
    assert not isinstance(found.node, nodes.Const)
