"""What the kernel keeps. Modules are imported, never names: `from techsvc.kernel.models import exchange`."""

from techsvc.kernel.models import (
    exchange,
    habits,
    history,
    jobs,
    notices,
    numbers,
    people,
    places,
    policy,
    printing,
    privacy,
)

__all__ = [
    "exchange",
    "habits",
    "history",
    "jobs",
    "notices",
    "numbers",
    "people",
    "places",
    "policy",
    "printing",
    "privacy",
]
