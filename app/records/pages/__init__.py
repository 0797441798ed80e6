"""Who has seen my record: for the patient, and for the privacy officer who answers."""
