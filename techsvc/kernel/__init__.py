"""The cellar: what every department stands on, and which imports none of them."""
