"""Is it fast? Measured beside peers, in one run, as ratios."""
