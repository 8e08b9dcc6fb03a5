"""Forms: ask, check, act once."""

from __future__ import annotations

from typing import Any, ClassVar, Generic, TypeVar

from crispy_forms.helper import FormHelper
from django import forms
from django.http import HttpRequest, HttpResponse, QueryDict
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from techsvc.kernel.errors import Forbidden, Refusal
from techsvc.kernel.pages.base import ObjectPage, Submits, toast
from techsvc.kernel.pages.links import home_of

F = TypeVar("F", bound=forms.BaseForm)
UNCHOSEN = "---------"  # what Django says for nothing chosen


class ActionForm(forms.Form):
    """A form that feeds an action: it checks shape, the action checks the rules.

    The page brings the <form>, its tokens, its buttons and the summary of errors.
    """

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs.setdefault("label_suffix", "")
        super().__init__(*args, **kwargs)
        self.helper = FormHelper()
        self.helper.form_tag = False
        self.helper.disable_csrf = True
        for field in self.fields.values():
            if isinstance(field, forms.ModelChoiceField) and field.empty_label == UNCHOSEN:
                field.empty_label = _("Choose …") if field.required else _("None")

    def focus_first(self) -> None:
        """Let the person begin to type at once: in the first field that has to be filled in, if none asks for it."""
        shown = [bound for bound in self if not bound.is_hidden]
        lacking = [bound for bound in shown if bound.field.required and bound.value() in (None, "")]
        if shown and not any("autofocus" in bound.field.widget.attrs for bound in shown):
            (lacking or shown)[0].field.widget.attrs["autofocus"] = True


def error_lines(form: forms.BaseForm) -> list[tuple[str, str, str]]:
    """(id of the field or "", its label, the sentence) of every error, in the order of the fields."""
    lines = [("", "", str(sentence)) for sentence in form.non_field_errors()]
    for bound in form:
        lines += [(bound.id_for_label, str(bound.label), str(sentence)) for sentence in bound.errors]
    return lines


class FormPage(ObjectPage[Any], Submits, Generic[F]):
    """A form whose `act` makes one call of an action. It may be about a thing: then `objects()` says which."""

    template = "generic/form.html"
    form_class: type[F]
    submit_label: ClassVar[Any] = gettext_lazy("Save")

    def initial(self) -> dict[str, Any]:
        return {}

    def form_kwargs(self) -> dict[str, Any]:
        """What the form's constructor takes besides data, files and initial."""
        return {}

    def act(self, form: F) -> Any:
        """Call the action with the form's cleaned data; the result goes to success_url and message."""
        raise NotImplementedError(f"{type(self).__qualname__}.act()")

    def success_url(self, result: Any) -> str:
        return home_of(result) or self.came_from()

    def message(self, result: Any) -> str:
        return _("Saved.")

    def cancel_url(self) -> str:
        crumbs = self.crumbs()
        return crumbs[-1][1] if crumbs else self.came_from()

    def form(self, data: QueryDict | None = None) -> F:
        files = self.request.FILES if data is not None else None
        return self.form_class(data, files, initial=self.initial(), **self.form_kwargs())

    def get(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        form = self.form()
        if isinstance(form, ActionForm):
            form.focus_first()
        return self.answer(form)

    def post(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        form = self.form(request.POST)
        if not form.is_valid():
            return self.answer(form, status=422)
        try:
            return self.once(lambda: self._act(form))
        except Forbidden:
            raise
        except Refusal as refusal:
            form.add_error(refusal.field if refusal.field in form.fields else None, refusal.text)
            return self.answer(form, status=422)

    def _act(self, form: F) -> str:
        result = self.act(form)
        toast(self.request, self.message(result), undo=self.newest_undoable(result))
        return self.success_url(result)

    def answer(self, form: F, *, status: int = 200) -> HttpResponse:
        errors = error_lines(form) if form.is_bound else []
        return self.show(
            status=status, form=form, errors=errors, submit_label=self.submit_label, cancel_url=self.cancel_url()
        )
