"""Answering, looking back, and what staff see of it."""
