"""Congestion control: what arrived, what a line can carry, and who gets it. Pure: no clock."""
