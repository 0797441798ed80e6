"""Drafting by rules, deciding line by line, and signing."""
