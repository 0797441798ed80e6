"""Properties are searched without a stopwatch: a busy machine is not a wrong answer.

A developer's machine searches anew each time; the build machine repeats one search, so that what
it says of a change is about the change.
"""

from __future__ import annotations

import os

from hypothesis import settings

settings.register_profile("island", deadline=None, max_examples=120, derandomize="CI" in os.environ)
settings.load_profile("island")
