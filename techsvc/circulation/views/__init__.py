"""Circulation's pages."""
