"""Reviewing and signing for clinicians, reading for patients."""
