"""The hall: who waits for a title, and who has it."""
