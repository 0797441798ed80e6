"""Forms of one answer: finish a visit, delete a recording."""

from __future__ import annotations

from app.web.fields import PortalForm


class FinishForm(PortalForm):
    """Yes; there is nothing to fill in."""


class DeleteForm(PortalForm):
    """Yes; there is nothing to fill in."""
