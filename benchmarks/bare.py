"""The rival: a bare Flask application that runs the same queries and renders one template.

It reads what to do from the file named by BARE: the database, and for each page its statements
with their parameters and the size of the answer. No doors, no sessions, no headers, no log.
"""

from __future__ import annotations

import json
import os
from pathlib import Path

from flask import Flask, render_template_string
from sqlalchemy import create_engine

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

plan = json.loads(Path(os.environ["BARE"]).read_text())
engine = create_engine(plan["database"], pool_size=20)
app = Flask(__name__)


def render(path: str) -> str:
    """Run the page's statements, then render its rows and fill up to its size."""
    page = plan["pages"][path]
    with engine.connect() as connection:
        tables = [
            connection.exec_driver_sql(statement, tuple(parameters)).fetchall()
            for statement, parameters in page["statements"]
        ]
    return render_template_string(
        PAGE, title=path, tables=tables, filling=[LINE] * (page["bytes"] // (len(LINE) + 30))
    )


@app.get("/health")
def health() -> str:
    """Ready."""
    return "ok"


for number, address in enumerate(plan["pages"]):
    app.add_url_rule(address, f"page{number}", lambda address=address: render(address))
