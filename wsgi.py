"""The web server's way in: `gunicorn wsgi:app`, and `flask --app wsgi` for commands."""

from __future__ import annotations

import os

from app import create_app
from app.kernel.settings import Settings

app = create_app(Settings.from_environment(os.environ))
