"""Pure rules of plans: states and steps, lines and their words, what changed."""
