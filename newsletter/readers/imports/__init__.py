"""Files of addresses from other tools: read, understood, shown, then written by a task."""
