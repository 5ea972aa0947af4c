"""Run by `manage.py shell -c` in a process of the system; each prints one JSON object."""
