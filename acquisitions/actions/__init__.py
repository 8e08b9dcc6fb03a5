"""What acquisitions does: each function here is one act, done wholly or not at all."""
