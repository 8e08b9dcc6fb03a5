"""Reads that cross departments: what a person's home page shows, and what a scan or a word leads to."""
