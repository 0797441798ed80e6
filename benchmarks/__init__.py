"""Figures beside a bare rival, measured in the same run on the same machine."""
