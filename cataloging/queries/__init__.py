"""Reads of the catalog: matching, search and worklists."""
