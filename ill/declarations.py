"""What ill declares to the house: rights, policies, slots, states' tones."""

from __future__ import annotations


def ill() -> None:
    """Make the declarations; called once from apps.py."""
