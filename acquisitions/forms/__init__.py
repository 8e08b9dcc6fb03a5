"""Forms of acquisitions: they check shape, the actions check the rules."""
