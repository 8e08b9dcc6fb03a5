"""The pages of the work room."""
