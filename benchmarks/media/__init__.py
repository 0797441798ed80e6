"""Figures of the media node, each beside its rival's from the same run."""
