"""The demo library: a made-up library system with real titles, and a year of its work done through the real actions."""
