"""Interlibrary loan: borrow and lend."""
