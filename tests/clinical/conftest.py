"""Properties are searched without a stopwatch: a busy machine is not a wrong answer."""

from __future__ import annotations

from hypothesis import settings

settings.register_profile("island", deadline=None, max_examples=120)
settings.load_profile("island")
