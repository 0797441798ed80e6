"""Entering and reading home tests, for the patient and for their care team."""
