"""Putting the kernel under a new application."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from flask import Flask
from flask.json.provider import DefaultJSONProvider
from werkzeug.middleware.proxy_fix import ProxyFix

from app.kernel import commands, crypto, db, jobs, limits, live, logs, once, reading
from app.kernel.audit import checkpoints, sealing
from app.kernel.audit import commands as audit_commands
from app.kernel.audit import keys as audit_keys
from app.kernel.crypto import health
from app.kernel.crypto.commands import keys
from app.kernel.settings import Settings, refuse

SHELL_COOKIE = "__Host-shell"


class Json(DefaultJSONProvider):
    """JSON of requests and cookies: written as Flask writes it, read strictly."""

    def loads(self, s: str | bytes, **kwargs: Any) -> Any:
        """The value; raises ValueError, which Flask answers with 400."""
        return reading.loads(s, **kwargs)


def assemble(settings: Settings) -> Flask:
    """A Flask application with database, keys, queue, sockets and commands, but no pages."""
    refuse(settings.problems())
    app = Flask(
        "app",
        static_folder=None,  # Static files are served before the doors, on purpose (web.shell).
        template_folder="../templates",
        root_path=None,
    )
    app.config.update(
        SECRET_KEY=settings.secret_key,
        DEBUG=settings.debug,
        TRUSTED_HOSTS=list(settings.hosts),
        SESSION_COOKIE_NAME=SHELL_COOKIE,
        SESSION_COOKIE_SECURE=True,
        SESSION_COOKIE_HTTPONLY=True,
        SESSION_COOKIE_SAMESITE="Lax",
        SESSION_COOKIE_PATH="/",
        PREFERRED_URL_SCHEME=settings.origin.partition(":")[0],
    )
    app.json = Json(app)
    app.extensions["settings"] = settings
    app.extensions["keyring"] = crypto.Keyring(settings)
    audit_keys.install(app, settings.data_keys)
    logs.install()
    db.install(app, settings.database_url)
    jobs.install(app)
    live.install(app, settings)
    commands.install(app)
    commands.doctor_needs(app, health.problems)
    audit_commands.install(app)
    app.cli.add_command(keys)
    if settings.proxies:
        hops = settings.proxies
        app.wsgi_app = ProxyFix(  # type: ignore[method-assign]  # how middleware is put on
            app.wsgi_app, x_for=hops, x_proto=hops, x_host=0
        )
    return app


jobs.every(timedelta(seconds=1), sealing.seal)
jobs.every(timedelta(hours=1), checkpoints.sign)
jobs.every(timedelta(minutes=10), limits.sweep)
jobs.every(timedelta(hours=1), once.sweep)
