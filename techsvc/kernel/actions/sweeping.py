"""Once a minute: whatever is due and lost its doorbell is rung for again."""

from __future__ import annotations

from techsvc.kernel.actions import exchange, jobs, printing, submissions


def sweep() -> dict[str, int]:
    """Ring for messages, files, papers and jobs that wait; forget old form keys. Returns counts by what."""
    return {
        "messages and files": exchange.sweep(),
        "papers": printing.sweep(),
        "jobs": jobs.sweep(),
        "old form keys": submissions.forget_old(),
    }
