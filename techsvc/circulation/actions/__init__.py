"""Every write of circulation."""
