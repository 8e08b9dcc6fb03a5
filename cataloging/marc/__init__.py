"""The MARC codec: bytes to records and back, in plain Python."""
