"""What is allowed in acquisitions: plain Python, no rows."""
