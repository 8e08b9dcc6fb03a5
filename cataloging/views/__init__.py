"""The pages of cataloging."""
