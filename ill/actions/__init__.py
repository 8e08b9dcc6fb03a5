"""Every write of interlibrary loan."""
