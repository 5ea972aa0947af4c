"""Digests of chosen themes (DSI): fixed windows, one rendering a combination."""
