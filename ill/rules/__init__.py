"""The rules of interlibrary loan: plain Python."""
