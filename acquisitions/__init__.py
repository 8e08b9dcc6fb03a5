"""From a request to a paid invoice."""
