"""The rival: a bare Flask application that runs the same queries and renders one template.

At start it opens each page of the portal once, in this process, and notes the SQLAlchemy
statements that the page ran and the size of its answer. From then on it only runs those statements
in a plain session and renders their rows, filled up to the size: no doors, no sign-in sessions, no
translations, no headers, no log. What it needs to know is in the file named by BARE.
"""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from flask import Flask, render_template_string
from sqlalchemy import create_engine, event
from sqlalchemy.orm import ORMExecuteState, Session

from wsgi import app as portal

PAGE = """<!doctype html>
<html lang="en"><head><meta charset="utf-8"><title>{{ title }}</title></head><body>
<h1>{{ title }}</h1>
{% for rows in tables %}<table>
{% for row in rows %}<tr>{% for cell in row %}<td>{{ cell }}</td>{% endfor %}</tr>
{% endfor %}</table>
{% endfor %}
{% for line in filling %}<p class="line">{{ line }}</p>
{% endfor %}</body></html>
"""
LINE = "Words that a page of the same size would carry, escaped & rendered one by one."
LINE_BYTES = len(LINE) + 30

plan = json.loads(Path(os.environ["BARE"]).read_text())
engine = create_engine(plan["database"], pool_size=20)
app = Flask(__name__)
pages: dict[str, tuple[list[Any], int]] = {}


@contextmanager
def noted() -> Iterator[list[Any]]:
    """The statements that sessions execute meanwhile."""
    statements: list[Any] = []

    def note(state: ORMExecuteState) -> None:
        statements.append((state.statement, state.parameters or {}))

    event.listen(Session, "do_orm_execute", note)
    try:
        yield statements
    finally:
        event.remove(Session, "do_orm_execute", note)


def record(path: str) -> tuple[list[Any], int]:
    """What the portal's page runs, and how large its answer is."""
    client = portal.test_client()
    name, _, token = plan["cookie"].partition("=")
    client.set_cookie(name, token, domain="localhost", secure=True)
    client.get(path, base_url=plan["base"])
    with noted() as statements:
        answer = client.get(path, base_url=plan["base"])
    return statements, len(answer.data)


def render(path: str) -> str:
    """Run the page's statements, then render their rows and fill up to its size."""
    statements, size = pages[path]
    with Session(engine) as session:
        tables = [session.execute(*statement).all() for statement in statements]
        lines = [LINE] * (size // LINE_BYTES)
        return render_template_string(PAGE, title=path, tables=tables, filling=lines)


@app.get("/health")
def health() -> str:
    """Ready."""
    return "ok"


for address in plan["paths"]:
    pages[address] = record(address)
    app.add_url_rule(address, address, lambda address=address: render(address))
