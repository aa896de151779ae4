"""The same page by others: what it shows, and how each draws it."""
