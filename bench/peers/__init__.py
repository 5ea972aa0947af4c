"""Other newsletters for Django, each alone in an environment of its own: nothing of ours here."""
