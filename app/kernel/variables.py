"""Environment variables, read so that everything wrong with them is said at once."""

from __future__ import annotations

import stat
from collections.abc import Mapping
from difflib import get_close_matches
from pathlib import Path

PREFIX = "NEARSIDE_"
OFF = frozenset({"", "0", "false", "no", "off"})
# How alike two names must be before one is taken for a slip of the other; every name shares
# its first nine letters.
LIKE = 0.85
ON = frozenset({"1", "true", "yes", "on"})
# The web server reads these before there is an application.
OF_THE_WEB_SERVER = ("NEARSIDE_BIND", "NEARSIDE_PROXY_ADDRESSES")
# The media node reads these; both may be started from one environment.
OF_THE_MEDIA_NODE = (
    "NEARSIDE_MEDIA_BIND",
    "NEARSIDE_MEDIA_UDP_PORT",
    "NEARSIDE_MEDIA_ADDRESSES",
    "NEARSIDE_MEDIA_PROCESSES",
    "NEARSIDE_MEDIA_MAX_LEGS",
    "NEARSIDE_MEDIA_DRAIN_SECONDS",
    "NEARSIDE_MEDIA_TLS_ADDRESS",
    "NEARSIDE_MEDIA_TLS_CERTIFICATE",
    "NEARSIDE_MEDIA_TLS_KEY",
    "NEARSIDE_MEDIA_TLS_CLIENT_CA",
)
READ_ELSEWHERE = (*OF_THE_WEB_SERVER, *OF_THE_MEDIA_NODE)


class Variables:
    """What the environment says; what it says wrongly goes to `problems`."""

    def __init__(self, environ: Mapping[str, str]) -> None:
        self._environ = environ
        self._asked = set(READ_ELSEWHERE)
        self.problems: list[str] = []

    def text(self, name: str, default: str = "") -> str:
        """The variable as it is written; an empty one counts as absent."""
        self._asked.add(name)
        return self._environ.get(name, "").strip() or default

    def count(self, name: str, default: int) -> int:
        """A whole number, zero or more."""
        text = self.text(name, str(default))
        if text.isascii() and text.isdigit():
            return int(text)
        self.problems.append(f"{name} must be a whole number, 0 or more; it is {text!r}.")
        return default

    def flag(self, name: str, *, default: bool) -> bool:
        """On or off."""
        self._asked.add(name)
        text = self._environ.get(name, "1" if default else "0").strip().lower()
        if text not in ON | OFF:
            self.problems.append(f"{name} must be 1 or 0, not {text!r}.")
        return text in ON

    def secret(self, name: str, made: Mapping[str, str]) -> str:
        """A secret: in the file that NAME_FILE points to, in NAME, or made for this machine."""
        path, plain = self.text(f"{name}_FILE"), self.text(name)
        if not path:
            return plain or made.get(name, "")
        try:
            if Path(path).stat().st_mode & stat.S_IROTH:
                self.problems.append(f"{name}_FILE can be read by every account: chmod o-rwx.")
            return Path(path).read_text(encoding="utf-8").strip()
        except (OSError, UnicodeDecodeError) as error:
            self.problems.append(f"{name}_FILE cannot be read: {type(error).__name__}.")
            return ""

    def unknown(self) -> list[str]:
        """Names that nobody asked for: most likely a slip, whose default would go unnoticed."""
        strangers = sorted(
            name for name in self._environ if name.startswith(PREFIX) and name not in self._asked
        )
        return [self._stranger(name) for name in strangers]

    def _stranger(self, name: str) -> str:
        near = get_close_matches(name, self._asked, n=1, cutoff=LIKE)
        meant = f" Did you mean {near[0]}?" if near else ""
        return f"{name} is not a setting of Nearside.{meant}"
