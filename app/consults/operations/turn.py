"""TURN servers for browsers that reach each other on no other way, with credentials of an hour.

The shared secret stays here and at the TURN server (coturn: `use-auth-secret`): the name says when
it expires, and the password is its HMAC-SHA1, as draft-uberti-behave-turn-rest-00 lays down.
"""

from __future__ import annotations

import hmac
from base64 import b64encode
from datetime import timedelta

from flask import current_app

from app.kernel import clock
from app.kernel.actor import Actor

VALID_FOR = timedelta(hours=1)
NAME_CHARACTERS = 16


def servers(actor: Actor) -> list[dict[str, object]]:
    """What a browser is given as `iceServers`; empty where the clinic has no TURN server."""
    settings = current_app.extensions["settings"]
    if not settings.turn_urls:
        return []
    secret = settings.turn_secret.encode()
    until = int((clock.now() + VALID_FOR).timestamp())
    # A name that leads back to nobody: TURN servers write names into their logs.
    someone = hmac.digest(secret, actor.session_id.bytes, "sha256").hex()[:NAME_CHARACTERS]
    username = f"{until}:{someone}"
    password = b64encode(hmac.digest(secret, username.encode(), "sha1")).decode()
    return [{"urls": list(settings.turn_urls), "username": username, "credential": password}]
