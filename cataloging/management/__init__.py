"""Commands of cataloging."""
