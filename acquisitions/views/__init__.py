"""Pages of acquisitions."""
