"""Genetic reports: for the patient, and for those of the care team to whom they are open."""
