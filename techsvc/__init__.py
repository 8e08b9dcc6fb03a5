"""techsvc: what a public library's Technical Services department works in all day."""

from techsvc.celery import app as celery_app

__all__ = ["celery_app"]
