"""Forms: ask, check, act once."""

from __future__ import annotations

from collections.abc import Callable, Collection
from typing import Any, ClassVar, Generic, TypeVar

from crispy_forms.helper import FormHelper
from django import forms
from django.db.models import Model
from django.http import HttpRequest, HttpResponse, QueryDict
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from techsvc.kernel import queries, sql, uploads
from techsvc.kernel.actions import drafts
from techsvc.kernel.errors import Forbidden, Refusal
from techsvc.kernel.models.habits import Draft
from techsvc.kernel.models.people import User
from techsvc.kernel.pages import stale, typed
from techsvc.kernel.pages.base import ObjectPage, Submits, toast
from techsvc.kernel.pages.links import home_of
from techsvc.kernel.pages.stale import Compared

F = TypeVar("F", bound=forms.BaseForm)
UNCHOSEN = "---------"  # what Django says for nothing chosen


class ActionForm(forms.Form):
    """A form that feeds an action: it checks shape, the action checks the rules.

    The page brings the <form>, its tokens, its buttons and the summary of errors. What is typed into `private`
    fields is never kept in a draft: who a patron is.
    """

    private: ClassVar[Collection[str]] = ()

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
        lines += [(typed.anchor(bound), str(bound.label), str(sentence)) for sentence in bound.errors]
    return lines


def fits(form: forms.BaseForm, request: HttpRequest) -> bool:
    """Whether the form is valid; of a file that was too long it says so instead of missing it."""
    valid = form.is_valid()
    for name in set(uploads.refused_fields(request)) & form.fields.keys():
        form.errors.pop(name, None)
        form.add_error(name, uploads.too_long())
        valid = False
    return valid


class Unfit(Exception):
    """The form can't be taken as it is; the page shows why."""


class FormPage(ObjectPage[Any], Submits, Generic[F]):
    """A form whose `act` makes one call of an action. It may be about a thing: then `objects()` says which.

    A form about a thing notices what others changed of it meanwhile (stale.py): in every field, or in those that
    `compared` names. What is typed is kept as the person's draft, unless the page sets `drafted` to False.
    """

    template = "generic/form.html"
    form_class: type[F]
    submit_label: ClassVar[Any] = gettext_lazy("Save")
    compared: ClassVar[Collection[str] | None] = None
    drafted: ClassVar[bool] = True
    comparison: Compared | None = None
    sent: F

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

    def afresh(self) -> None:
        """Read the thing again: somebody may have changed it, and a form of its model writes into it."""
        self._object = None

    def thing(self) -> Model | None:
        """What the form is about, if it is about anything."""
        return self.object if type(self).objects is not ObjectPage.objects else None

    def form(self, data: QueryDict | None = None) -> F:
        files = self.request.FILES if data is not None else None
        return self.form_class(data, files, initial=self.initial(), **self.form_kwargs())

    def get(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        form, draft = self.form(), self.draft()
        shown = self.shown(form)
        if draft is not None and "draft" in request.GET:
            shown, form, draft = draft.fields["shown"] or shown, self.continued(draft), None
        if isinstance(form, ActionForm):
            form.focus_first()
        return self.answer(form, shown=shown, draft=draft)

    def post(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        other = next((act for name, act in self.BESIDES.items() if name in request.POST), None)
        if other is not None:
            return other(self)
        try:
            return self.once(self._take)
        except Forbidden:
            raise
        except Unfit:
            pass
        except Refusal as refusal:
            self.sent.add_error(refusal.field if refusal.field in self.sent.fields else None, refusal.text)
        return self.answer(self.sent, status=422)

    def _take(self) -> str:
        """Compare, check, act; a turn at a time for everybody who sends this form."""
        sql.take_turn(f"form {self.request.path}")
        self.afresh()
        self.sent = self.form(self._compare())
        if self.comparison is not None and self.comparison.differences:
            raise Unfit
        if not fits(self.sent, self.request):
            raise Unfit
        return self._act(self.sent)

    def _compare(self) -> QueryDict:
        """What was posted, with what others changed meanwhile in fields that the person left alone."""
        data = self.request.POST
        if not self.compares() or "_shown" not in data:
            return data
        opened = stale.unseal(data["_shown"], self.request.path)
        self.comparison = stale.compare(self.form(), data, opened, names=self.compared, thing=self.thing())
        return self.comparison.data

    def _act(self, form: F) -> str:
        result = self.act(form)
        drafts.drop_draft(self.request.path, actor=self.user)
        toast(self.request, self.message(result) + self._kept_of_others(), undo=self.newest_undoable(result))
        return self.success_url(result)

    def _kept_of_others(self) -> str:
        taken = self.comparison.taken if self.comparison is not None else []
        return " " + _("Kept as others changed it meanwhile: %(what)s.") % {"what": ", ".join(taken)} if taken else ""

    def compares(self) -> bool:
        """Whether the form is compared with what holds now."""
        return self.thing() is not None if self.compared is None else bool(self.compared)

    def shown(self, form: F) -> str:
        return stale.seal(typed.shown(form), self.request.path) if self.compares() else ""

    def answer(
        self, form: F, *, status: int = 200, shown: str | None = None, draft: Draft | None = None
    ) -> HttpResponse:
        """The form; what it is compared with later is what holds now, unless `shown` says something older."""
        compared = self.comparison or Compared(self.request.POST)
        if form.is_bound:
            self.afresh()
        errors = error_lines(form) if form.is_bound and not compared.differences else []
        return self.show(
            status=status,
            form=form,
            errors=errors,
            submit_label=_("Save mine over it") if compared.differences else self.submit_label,
            cancel_url=self.cancel_url(),
            shown=self.shown(self.form()) if shown is None else shown,
            compared=compared,
            draft=draft,
        )

    def take_theirs(self) -> HttpResponse:
        """Put into the form what others saved in the fields that both changed; nothing is saved yet."""
        names, data, now = self.request.POST["_theirs"].split(), self.request.POST.copy(), self.form()
        values = typed.shown(now)
        for bound in typed.kept(now):
            if bound.name in names:
                typed.put(data, bound, values[bound.name])
        return self.answer(self.form(data))

    def draft(self) -> Draft | None:
        """What the person typed here and did not send."""
        return queries.draft_of(self.user, self.request.path) if self.drafted else None

    def continued(self, draft: Draft) -> F:
        """The form as the person left it."""
        form, left = self.form(), draft.fields["typed"]
        form.initial.update(
            {bound.name: typed.value_of(bound, left[bound.name]) for bound in form if bound.name in left}
        )
        return form

    def keep_draft(self) -> HttpResponse:
        """What a script sends while the person types."""
        if self.drafted:
            keep_typing(self, actor=self.user)
        return HttpResponse(status=204)

    def discard_draft(self) -> HttpResponse:
        def act() -> str:
            drafts.drop_draft(self.request.path, actor=self.user)
            return self.request.path

        return self.once(act)

    # What a form's address takes besides the form: the name of the field that says so → what is done
    BESIDES: ClassVar[dict[str, Callable[[Any], HttpResponse]]] = {
        "_draft": keep_draft,
        "_discard": discard_draft,
        "_theirs": take_theirs,
    }


def keep_typing(page: FormPage[Any], *, actor: User) -> None:
    """Keep as a draft what differs from what the form showed; fields that the form calls private stay out."""
    form, data, path = page.form(), page.request.POST, page.request.path
    shown = data.get("_shown", "")
    was = stale.unseal(shown, path).shown if shown else typed.shown(form)
    sent, private = typed.posted(form, data), getattr(form, "private", ())
    changed = {
        bound.name: sent[bound.name]
        for bound in typed.kept(form)
        if bound.name not in private and typed.differs(bound, sent[bound.name], was.get(bound.name, []))
    }
    drafts.keep_draft(path, changed, shown=shown, key=page.posted_key(), actor=actor)
