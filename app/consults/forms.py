"""The form that finishes a visit: a question with one answer."""

from __future__ import annotations

from app.web.fields import PortalForm


class FinishForm(PortalForm):
    """Yes; there is nothing to fill in."""
