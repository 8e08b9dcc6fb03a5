"""Processing's pages."""
