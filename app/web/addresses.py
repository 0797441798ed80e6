"""Addresses inside the portal: where to go next, and nowhere else."""

from __future__ import annotations

from urllib.parse import urlsplit

from flask import current_app, request, url_for
from werkzeug.exceptions import HTTPException, MethodNotAllowed, NotFound
from werkzeug.routing import RequestRedirect

from app.kernel import access
from app.kernel import actor as actors

LONGEST = 500


def inside(target: str | None) -> str | None:
    """`target` when it is a plain path of this portal that answers GET, otherwise None.

    Refuses other hosts, schemes, double slashes, back-slashes, control characters and addresses
    that no page answers.
    """
    if not target or len(target) > LONGEST or not target.isprintable() or not target.isascii():
        return None
    if not target.startswith("/") or target.startswith("//") or "\\" in target:
        return None
    parts = urlsplit(target)
    if parts.scheme or parts.netloc or parts.path.startswith("//"):
        return None
    return target if _answers_get(parts.path) else None


def _answers_get(path: str) -> bool:
    adapter = current_app.create_url_adapter(request)
    if adapter is None:
        return False
    try:
        adapter.match(path, method="GET")
    except (NotFound, MethodNotAllowed, RequestRedirect, HTTPException):
        return False
    return True


def next_page(default: str = "web.today") -> str:
    """Where the person was going (`next` in query or form), or the default page."""
    target = inside(request.values.get("next"))
    return target if target and _is_for_reader(target) else url_for(default)


def _is_for_reader(target: str) -> bool:
    """Whether a page is for people with this role: on a shared machine another may sign in."""
    adapter, actor = current_app.create_url_adapter(request), actors.current()
    if adapter is None or actor is None:
        return True
    endpoint, _ids = adapter.match(urlsplit(target).path, method="GET")
    rule = access.rule_for(current_app, endpoint)
    if rule is None or not rule.roles:
        return True
    return actor.role in rule.roles and access.holds(actor, rule.carers)


def form_page() -> str:
    """The page that shows the posted form: its own address if that answers GET, else home."""
    return inside(request.path) or url_for("web.today")
