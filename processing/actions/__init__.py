"""Every write of processing."""
