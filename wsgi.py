"""The web server's way in: `gunicorn wsgi:app`, and `flask --app wsgi` for commands."""

from __future__ import annotations

import os
import sys

from app import create_app
from app.kernel.settings import Settings, SettingsError

# The database and whatever else is written belongs to the portal's own account alone.
os.umask(0o077)
# What gunicorn understands as "do not start me again".
CANNOT_START = 3

try:
    app = create_app(Settings.from_environment(os.environ))
except SettingsError as refused:
    # The sentences are for the operator; a traceback would bury them.
    sys.stderr.write(f"{refused}\n")
    sys.exit(CANNOT_START)
