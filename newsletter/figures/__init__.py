"""Figures without tracking: counts, charts, metrics."""
