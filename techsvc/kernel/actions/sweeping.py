"""What is done again and again so that nothing is lost, and nothing is kept for ever."""

from __future__ import annotations

from techsvc.kernel.actions import exchange, jobs, people, printing, retention


def sweep() -> dict[str, int]:
    """Once a minute: ring again for messages, files, papers and jobs that wait. Returns counts by what."""
    return {
        "messages and files": exchange.sweep(),
        "papers": printing.sweep(),
        "jobs": jobs.sweep(),
    }


def forget() -> dict[str, int]:
    """Once a day: drop what nobody needs any more. Returns counts by what."""
    return retention.purge(actor=people.system())
