"""What catalogers do: every write to records, items and loads."""
