"""The audit log, and undo."""

from __future__ import annotations

from django.db.models import QuerySet
from django.utils.translation import gettext as _

from techsvc.kernel.actions import history
from techsvc.kernel.models.history import HistoryEvent
from techsvc.kernel.pages import ActionPage


class UndoEvent(ActionPage[HistoryEvent]):
    """Takes back the act of one history line and returns to where it was pressed."""

    permission = "kernel.undo"

    def objects(self) -> QuerySet[HistoryEvent]:
        return HistoryEvent.objects.all()

    def act(self, obj: HistoryEvent) -> HistoryEvent:
        return history.undo(obj.pk, actor=self.user)

    def message(self, obj: HistoryEvent) -> str:
        return _("Undone: %(what)s") % {"what": obj.summary}

    def success_url(self, obj: HistoryEvent) -> str:
        return self.came_from()
