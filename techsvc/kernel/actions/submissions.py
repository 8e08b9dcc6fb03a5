"""One press of a button has one effect, however often the browser sends it."""

from __future__ import annotations

import uuid

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from techsvc.kernel import clock
from techsvc.kernel.errors import Refusal
from techsvc.kernel.models.numbers import Submission
from techsvc.kernel.models.people import User


def claim(key: str, *, user: User, path: str) -> Submission | None:
    """Claim the key inside the caller's transaction: None when it is fresh, else the first submission.

    A second request with the same key waits for the first one's transaction and then finds its answer;
    when the first was refused and rolled back, the second is fresh. A key of somebody else is refused.
    """
    try:
        parsed = uuid.UUID(key)
    except ValueError:
        raise Refusal(
            _("The form has no valid key, so it can't be told from a repeat. Reload the page and try again.")
        ) from None
    try:
        with transaction.atomic():
            Submission.objects.create(key=parsed, user=user, path=path[:300], at=clock.now())
    except IntegrityError:
        first = Submission.objects.get(pk=parsed)
        if first.user_id != user.pk or first.path != path[:300]:
            raise Refusal(_("This form was already used for something else. Reload the page and try again.")) from None
        return first
    return None


def settle(key: str, **told: str) -> None:
    """Remember where the first submission led (`location`), or what it showed (`answer`), for repeats of it."""
    Submission.objects.filter(pk=uuid.UUID(key)).update(**told)
