"""What acquisitions asks of its own tables."""
