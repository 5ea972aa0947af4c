"""Readers: how they come, what they choose, what is kept of them, how they leave."""
