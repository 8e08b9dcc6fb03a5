"""What is allowed with holds: plain Python."""
