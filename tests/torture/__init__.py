"""Does it hold when the world is bad? The trials of `make torture`; see `__main__.py`."""
