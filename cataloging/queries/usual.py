"""By which profile files of such a name were loaded last."""

from __future__ import annotations

import re

from cataloging.models.loads import Load, LoadProfile

LOOKED_AT = 300


def usual_profile(name: str) -> LoadProfile | None:
    """That of the last file whose name differs in its digits alone, while it is offered; None when there is none."""
    loads = Load.objects.exclude(profile=None).filter(profile__active=True).select_related("profile").order_by("-pk")
    found = loads.defer("incoming")[:LOOKED_AT]
    return next((load.profile for load in found if _stem(load.name) == _stem(name)), None)


def _stem(name: str) -> str:
    return re.sub("[0-9]+", "#", name.casefold())
