"""Sending mail: through the server that the settings name, or into files for whoever tries it out.

Mail leaves from the queue, so a server that is away delays a message and loses none.
"""

from __future__ import annotations

import smtplib
import ssl
from email.message import EmailMessage
from email.utils import formatdate
from urllib.parse import urlsplit

import structlog

from app.kernel.settings import Settings

PATIENCE_SECONDS = 15
TLS_FROM_THE_START = 465
OWN_MACHINE = frozenset({"localhost", "127.0.0.1", "::1"})
log = structlog.get_logger("mail")


def compose(settings: Settings, to: str, subject: str, text: str, key: str) -> EmailMessage:
    """A plain message; the same `key` makes the same Message-ID, so that a mailbox tells repeats.

    A line end in an address or a subject raises ValueError.
    """
    host = urlsplit(settings.origin).hostname or "localhost"
    message = EmailMessage()
    message["From"] = settings.mail_from or f"Nearside <nearside@{host}>"
    message["To"] = to
    message["Subject"] = subject
    message["Date"] = formatdate()
    message["Message-ID"] = f"<{key}@{host}>"
    message["Auto-Submitted"] = "auto-generated"
    message.set_content(text)
    return message


def send(settings: Settings, message: EmailMessage) -> None:
    """Hand a message to the mail server; raises OSError or SMTPException when it is not taken."""
    if settings.mail_server:
        _through_server(settings, message)
    elif settings.production:
        log.warning("mail_without_server")
    else:
        _into_a_file(settings, message)


def _through_server(settings: Settings, message: EmailMessage) -> None:
    host, _, port = settings.mail_server.rpartition(":")
    host = host.strip("[]")
    secure = ssl.create_default_context()
    if int(port) == TLS_FROM_THE_START:
        server: smtplib.SMTP = smtplib.SMTP_SSL(
            host, int(port), timeout=PATIENCE_SECONDS, context=secure
        )
    else:
        server = smtplib.SMTP(host, int(port), timeout=PATIENCE_SECONDS)
    with server:
        if int(port) != TLS_FROM_THE_START and host not in OWN_MACHINE:
            server.starttls(context=secure)
        if settings.mail_user:
            server.login(settings.mail_user, settings.mail_password)
        server.send_message(message)


def _into_a_file(settings: Settings, message: EmailMessage) -> None:
    folder = settings.instance / "mail"
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    name = message["Message-ID"].strip("<>").partition("@")[0]
    (folder / f"{name}.eml").write_bytes(bytes(message))
