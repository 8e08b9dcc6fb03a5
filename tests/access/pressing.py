"""Every button and every form pressed twice with one key, as a browser does that got no answer the first time."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from django import forms
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import transaction
from django.forms.boundfield import BoundField
from django.test import Client
from django.urls import reverse

from techsvc.kernel import clock
from techsvc.kernel.models.history import HistoryEvent
from techsvc.kernel.pages import BulkPage, FormPage, Submits, typed
from tests.access.addresses import Address, of_kind
from tests.access.asking import Answer, read, signed_in_as
from tests.access.library import Library
from tests.access.walking import written
from tests.cataloging.make import marc

# What a repeat may touch: it tries to claim its key, and the session holds the toast.
PART = {"HX-Request": "true"}  # so that a refusal is 422, and never a way back with a toast
OF_A_REPEAT = {"django_session", "kernel_submission"}


@dataclass(frozen=True)
class Press:
    """A page that was posted to twice: both answers, what the second one wrote, the history of the first."""

    page: Address
    first: Answer
    second: Answer
    written: frozenset[str]
    verbs: frozenset[str]

    @property
    def acted(self) -> bool:
        return self.first.status in (200, 204)


def press_all(library: Library) -> list[Press]:
    """Press everything, with each thing of the library until one lets itself be acted on; nothing stays."""
    with transaction.atomic():
        client = signed_in_as(library.staff["everything"])
        found = [press_one(client, page, library) for page in of_kind(Submits)]
        transaction.set_rollback(True)
    return found


def press_one(client: Client, page: Address, library: Library) -> Press:
    presses = (press(client, page, url) for url in page.urls(library))
    first = next(presses)
    return first if first.acted else next((other for other in presses if other.acted), first)


def press(client: Client, page: Address, url: str) -> Press:
    with transaction.atomic():
        key, newest = str(uuid.uuid4()), max_event()
        sent, again = filled(client, page, url), filled(client, page, url)
        first = read(client.post(url, sent | {"_key": key}, headers=PART))
        verbs = frozenset(HistoryEvent.objects.filter(pk__gt=newest).values_list("verb", flat=True))
        before = written()
        second = read(client.post(url, again | {"_key": key}, headers=PART))
        changed = changed_since(before)
        transaction.set_rollback(True)
    return Press(page, first, second, frozenset(changed), verbs)


def max_event() -> int:
    return HistoryEvent.objects.order_by("-pk").values_list("pk", flat=True).first() or 0


def changed_since(before: dict[str, int]) -> set[str]:
    """Tables that the running transaction wrote to since."""
    return {table for table, count in written().items() if count != before.get(table, 0)} - OF_A_REPEAT


def filled(client: Client, page: Address, url: str) -> dict[str, Any]:
    """What a person would send: the form as it stands, with something in every field that needs it."""
    if page.is_a(BulkPage):
        return {"confirmed": "1", "ids": choosable(client, page)}
    if not page.is_a(FormPage):
        return {}
    form = opened(client, url)
    if form is None:
        return {}
    sent: dict[str, Any] = {bound.html_name: typed.shown(form).get(bound.name) or something(bound) for bound in form}
    return {name: value for name, value in sent.items() if value not in ([], "", None)}


def choosable(client: Client, page: Address) -> list[Any]:
    """The rows that the act of a list may be asked for."""
    view = page.view()
    view.setup(client.get(reverse("workroom:home")).wsgi_request)
    return [row.pk for row in view.objects()]


def opened(client: Client, url: str) -> forms.BaseForm | None:
    """The form that a page shows, if it shows one."""
    answer = client.get(url)
    found = (answer.context or {}).get("form")
    return found if isinstance(found, forms.BaseForm) else None


def something(bound: BoundField) -> Any:
    """A value that fits the field; nothing where nothing is needed."""
    field = bound.field
    if isinstance(field, forms.FileField):
        return SimpleUploadedFile("file.mrc", marc("A title"))
    if isinstance(field, forms.ModelChoiceField):
        first = field.queryset.first() if field.required else None
        return "" if first is None else str(field.prepare_value(first))
    choices = [str(value) for value, _label in getattr(field, "choices", ()) if value not in ("", None)]
    if choices:
        return choices[0] if field.required else ""
    return next((make(field) for kind, make in SOMETHING if isinstance(field, kind)), "") if field.required else ""


SOMETHING: tuple[tuple[type[forms.Field], Any], ...] = (
    (forms.IntegerField, lambda field: str(field.min_value or 1)),
    (forms.DateField, lambda field: str(clock.today() + timedelta(days=1))),
    (forms.EmailField, lambda field: "bo@example.org"),
    (forms.TimeField, lambda field: "06:00"),
    (forms.BooleanField, lambda field: "on"),
    (forms.CharField, lambda field: "A word or two"[: field.max_length or 30]),
)
