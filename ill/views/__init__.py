"""The pages of interlibrary loan."""
