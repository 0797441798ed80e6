"""The verbs of a consult: being present, calling, and closing the visit."""
