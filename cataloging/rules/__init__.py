"""The rules of cataloging in plain Python: lifecycles, matching, overlay, call numbers, validation."""
