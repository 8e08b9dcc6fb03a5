"""What the fields of a form hold, as the browser sends it: lists of text, which can be kept, signed and compared."""

from __future__ import annotations

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.forms.boundfield import BoundField
from django.http import QueryDict
from django.utils.datastructures import MultiValueDict
from django.utils.translation import gettext as _

Sent = dict[str, list[str]]
# Secrets, files and tokens are never kept; widgets of several parts are sent under several names.
NEVER = (forms.PasswordInput, forms.FileInput, forms.HiddenInput, forms.MultiWidget)


def kept(form: forms.BaseForm) -> list[BoundField]:
    """The fields whose text may be kept."""
    return [bound for bound in form if not isinstance(bound.field.widget, NEVER) and not bound.field.disabled]


def shown(form: forms.BaseForm) -> Sent:
    """What the browser would send if nobody touched this form, which has no data."""
    return {bound.name: _untouched(bound) for bound in kept(form)}


def posted(form: forms.BaseForm, data: QueryDict) -> Sent:
    return {bound.name: _filled(data.getlist(bound.html_name)) for bound in kept(form)}


def anchor(bound: BoundField) -> str:
    """Where a link to the field leads: of a group of boxes, to the first."""
    return bound.id_for_label or f"{bound.auto_id}_0"


def differs(bound: BoundField, one: list[str], other: list[str]) -> bool:
    return bool(_meaning(bound, one) != _meaning(bound, other))


def put(data: QueryDict, bound: BoundField, sent: list[str]) -> None:
    """Write into the data what the browser would send for this field."""
    data.pop(bound.html_name, None)
    if sent or not (_ticked(bound) or _many(bound)):
        data.setlist(bound.html_name, sent or [""])


def value_of(bound: BoundField, sent: list[str]) -> Any:
    """The value that the field's widget makes of it; good as an initial value too."""
    data = MultiValueDict({bound.html_name: sent} if sent else {})
    return bound.field.widget.value_from_datadict(data, MultiValueDict(), bound.html_name)


def words(bound: BoundField, sent: list[str]) -> str:
    """What the field holds, as a person reads it."""
    field = bound.field
    if _ticked(bound):
        return _("yes") if sent else _("no")
    if isinstance(field, forms.ModelChoiceField):
        rows = field.queryset.filter(**{f"{field.to_field_name or 'pk'}__in": sent})  # type: ignore[union-attr]
        return ", ".join(field.label_from_instance(row) for row in rows) or _("nothing")
    labels = {str(value): str(label) for value, label in _flat(getattr(field, "choices", ()))}
    return ", ".join(labels.get(one, one) for one in sent) or _("nothing")


def _untouched(bound: BoundField) -> list[str]:
    widget, value = bound.field.widget, bound.value()
    if isinstance(widget, forms.CheckboxInput):
        return ["on"] if widget.check_test(value) else []
    written = widget.format_value(value)
    return _filled(
        [str(one) for one in (written if isinstance(written, list | tuple) else [written]) if one is not None]
    )


def _filled(sent: list[Any]) -> list[str]:
    """Without what is empty; lines end as we keep them, not as browsers send them."""
    return [str(one).replace("\r\n", "\n") for one in sent if one != ""]


def _meaning(bound: BoundField, sent: list[str]) -> Any:
    """What the text stands for, so that 12.5 and 12.50 are the same; the text itself where it can't be read."""
    if _many(bound):
        return sorted(sent)
    try:
        return bound.field.to_python(value_of(bound, sent))
    except ValidationError:
        return sent


def _ticked(bound: BoundField) -> bool:
    return isinstance(bound.field.widget, forms.CheckboxInput)


def _many(bound: BoundField) -> bool:
    return bool(getattr(bound.field.widget, "allow_multiple_selected", False))


def _flat(choices: Any) -> list[tuple[Any, Any]]:
    """Choices without their groups."""
    found: list[tuple[Any, Any]] = []
    for value, label in choices:
        found += label if isinstance(label, list | tuple) else [(value, label)]
    return found
