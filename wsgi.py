"""The web server's way in: `gunicorn wsgi:app`, and `flask --app wsgi` for commands."""

from __future__ import annotations

import os
import sys

from app import create_app
from app.kernel.settings import Settings, SettingsError

try:
    app = create_app(Settings.from_environment(os.environ))
except SettingsError as refused:
    sys.exit(str(refused))  # The sentences are for the operator; a traceback would bury them.
