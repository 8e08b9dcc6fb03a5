"""Every write of the kernel."""
