"""Measures: one JSON line per figure, each with its goal and, where there is one, a peer measured in the same run."""
