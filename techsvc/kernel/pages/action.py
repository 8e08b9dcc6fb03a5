"""Acts without a form: on one thing, or on the chosen rows of a list; the irreversible ones ask first."""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import timedelta
from typing import Any, ClassVar, Generic, TypeVar

from django.core.exceptions import BadRequest, ValidationError
from django.db import transaction
from django.db.models import Model, QuerySet
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseNotAllowed, QueryDict
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from techsvc.kernel import clock, queries
from techsvc.kernel.actions import submissions
from techsvc.kernel.errors import Forbidden, Refusal
from techsvc.kernel.pages.base import ObjectPage, Submits, toast
from techsvc.kernel.pages.cells import Fact, time_words
from techsvc.kernel.pages.links import home_of
from techsvc.kernel.pages.list import ListPage

M = TypeVar("M", bound=Model)
Outcome = tuple[str, str, str]  # a row in words, its page, why it was not done ("": it was)
TODAY = timedelta(hours=12)
FOLDED = 12  # so many rows that went well are shown; more are folded away


class ActionPage(ObjectPage[M], Submits, Generic[M]):
    """One act on one thing, by POST. With a `confirm_text` a GET asks first; without one there is no GET.

    A page that acts on nothing in particular sets `about_nothing` and gets None.
    """

    template = "generic/confirm.html"
    about_nothing: ClassVar[bool] = False
    submit_label: ClassVar[Any] = ""

    def target(self) -> Any:
        return None if self.about_nothing else self.object

    def act(self, thing: M) -> Any:
        raise NotImplementedError(f"{type(self).__qualname__}.act()")

    def success_url(self, thing: Any) -> str:
        return home_of(thing) or self.came_from()

    def message(self, thing: Any) -> str:
        """What the toast says; empty for acts that nobody needs to be told of."""
        return _("Done.")

    def confirm_text(self, thing: M) -> str:
        """The question with its numbers: "Send 42 lines, $1,204.10, to Ingram?"; empty when nothing is asked."""
        return ""

    def confirm_facts(self, thing: M) -> Sequence[Fact]:
        return ()

    def get(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        return self.ask() or HttpResponseNotAllowed(["POST"])

    def ask(self, *, status: int = 200, refused: str = "") -> HttpResponse | None:
        """The confirmation page, or None for acts that ask nothing."""
        thing = self.target()
        question = self.confirm_text(thing)
        if not question:
            return None
        return self.show(
            status=status,
            question=question,
            facts=self.confirm_facts(thing),
            refused=refused,
            submit_label=self.submit_label or self.page_title(),
            cancel_url=self.came_from(),
            carried=[],
        )

    def post(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        try:
            return self.once(self._act)
        except Forbidden:
            raise
        except Refusal as refusal:
            return self.refused(refusal)

    def _act(self) -> str:
        thing = self.target()
        result = self.act(thing)
        result = thing if result is None else result
        if words := self.message(result):
            toast(self.request, words, undo=self.newest_undoable(result))
        return self.success_url(result)

    def who_was_quicker(self) -> str:
        """What somebody else did last to the thing, if that was today: most often that is why it can't be done."""
        thing = self.target()
        last = queries.history_of(thing).first() if isinstance(thing, Model) else None
        if last is None or last.actor_id == self.user.pk or last.at < clock.now() - TODAY:
            return ""
        words = {"what": last.summary, "who": last.actor, "when": time_words(last.at)}
        return " " + _("Last: %(what)s (%(who)s, %(when)s).") % words

    def refused(self, refusal: Refusal) -> HttpResponse:
        """Say why, and who was quicker, where the person was; the sentence alone when only a part of a page asked."""
        refusal.text += self.who_was_quicker()
        if self.request.headers.get("HX-Request"):
            return HttpResponse(refusal.text, status=422, content_type="text/plain; charset=utf-8")
        again = self.ask(status=422, refused=refusal.text)
        if again is not None:
            return again
        toast(self.request, refusal.text, level="error")
        return self.go(self.came_from())


class BulkPage(Submits, Generic[M]):
    """One act on many rows that were chosen in a list; each refusal is shown, the others are done.

    It is posted `ids`, or `all` with the list's `query`, which `list_page` then answers. What came of each row is kept
    with the key of the form and shown at an address of its own, so that reloading and repeating show the same.
    """

    template = "generic/bulk.html"
    list_page: type[ListPage[M]]
    submit_label: ClassVar[Any] = ""

    def objects(self) -> QuerySet[M]:
        """The rows that this person may act on."""
        raise NotImplementedError(f"{type(self).__qualname__}.objects()")

    def act_on(self, row: M) -> None:
        raise NotImplementedError(f"{type(self).__qualname__}.act_on()")

    def done_text(self, count: int) -> str:
        return ngettext("%(count)s row done.", "%(count)s rows done.", count) % {"count": count}

    def confirm_text(self, count: int) -> str:
        """The question to ask first; empty for acts that can be undone."""
        return ""

    def success_url(self) -> str:
        return self.came_from()

    def chosen(self) -> QuerySet[M]:
        post = self.request.POST
        if post.get("all"):
            found = self.list_page()
            found.setup(self.request)
            return self.objects().filter(pk__in=found.matching(QueryDict(post.get("query", ""))).values("pk"))
        rows = self.objects()
        try:
            ids = [rows.model._meta.pk.to_python(pk) for pk in post.getlist("ids")]
        except ValidationError:
            raise BadRequest(_("The chosen rows can't be read. Go back to the list and choose again.")) from None
        return rows.filter(pk__in=ids)

    def post(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        count = self.chosen().count()
        if not count:
            toast(request, _("Nothing was chosen. Tick the rows first."), level="warning")
            return self.go(self.came_from())
        question = self.confirm_text(count)
        if question and not request.POST.get("confirmed"):
            return self.ask(question)
        return self.run()

    def ask(self, question: str) -> HttpResponse:
        names = ("ids", "all", "query", "next")
        carried = [(name, value) for name in names for value in self.request.POST.getlist(name)]
        return self.show(
            template="generic/confirm.html",
            question=question,
            carried=[*carried, ("confirmed", "1")],
            submit_label=self.submit_label or self.page_title(),
            cancel_url=self.came_from(),
        )

    def run(self) -> HttpResponse:
        """Act on every row in a savepoint of its own, and go to what came of it."""
        return self.once(self._act)

    def _act(self) -> str:
        rows = list(self.chosen())
        outcomes = self._gone(len(rows)) + [self._tried(row) for row in rows]
        key = self.posted_key()
        submissions.settle(key, answer=json.dumps({"outcomes": outcomes, "back": self.success_url()}))
        return f"{self.request.path}?of={key}"

    def _tried(self, row: M) -> Outcome:
        try:
            with transaction.atomic():
                self.act_on(row)
        except Refusal as refusal:
            return str(row), home_of(row), refusal.text
        return str(row), home_of(row), ""

    def _gone(self, found: int) -> list[Outcome]:
        """What was chosen and is not there any more."""
        gone = 0 if self.request.POST.get("all") else len(set(self.request.POST.getlist("ids"))) - found
        told = ngettext("%(count)s row", "%(count)s rows", gone) % {"count": gone}
        return [(told, "", _("It is gone meanwhile, or it is not yours to see."))] if gone > 0 else []

    def get(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        """What came of an earlier press, row by row; nothing else can be read here."""
        if "of" not in request.GET:
            return HttpResponseNotAllowed(["POST"])
        found = queries.submission_of(request.GET["of"], user=self.user, path=request.path)
        if found is None or not found.answer:
            raise Http404(_("What came of it is kept for a week, for who did it. See the history of the things."))
        kept = json.loads(found.answer)
        outcomes = [(text, url if self.opens(url) else "", reason) for text, url, reason in kept["outcomes"]]
        done = [(text, url) for text, url, reason in outcomes if not reason]
        return self.show(
            done=done,
            failures=[outcome for outcome in outcomes if outcome[2]],
            done_text=self.done_text(len(done)) if done else "",
            cancel_url=kept["back"],
            folded=len(done) > FOLDED,
        )
