"""Benches: pages where a person stands with a scanner, and every scan is answered at once."""

from __future__ import annotations

import json
from collections.abc import Collection, Sequence
from dataclasses import asdict, dataclass
from typing import Any, ClassVar

from django.db import transaction
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from techsvc.kernel import barcodes
from techsvc.kernel.actions import submissions
from techsvc.kernel.errors import Forbidden, Refusal
from techsvc.kernel.identifiers import Scan, ScanKind
from techsvc.kernel.pages.base import ObjectPage, Submits
from techsvc.kernel.pages.tones import ICONS
from techsvc.kernel.scans import THINGS, NotTaken, require

LONGEST_SCAN = 200


@dataclass(frozen=True, slots=True)
class BenchVerb:
    """A button of the bench and its key; `on` says what it is about (the key of a line), if anything."""

    name: str
    label: str
    key: str = ""
    on: str = ""
    tone: str = ""


@dataclass(frozen=True, slots=True)
class ScanResult:
    """What came of a scan: ok, warn (done, but look) or stop (put it aside).

    `next_step` is the next thing the hands do; `verbs` what can be done with it now; `go` the page
    to move to when the bench is finished.
    """

    tone: str
    headline: str
    detail: str = ""
    next_step: str = ""
    undo_url: str = ""
    verbs: tuple[BenchVerb, ...] = ()
    go: str = ""

    @property
    def icon(self) -> str:
        return ICONS[self.tone]

    def to_json(self) -> str:
        return json.dumps(asdict(self))

    @classmethod
    def from_json(cls, text: str) -> ScanResult:
        fields = json.loads(text)
        return cls(**fields | {"verbs": tuple(BenchVerb(**verb) for verb in fields["verbs"])})


class BenchPage(ObjectPage[Any], Submits):
    """A scanning page. It may be about a thing (a carton): then `objects()` says which.

    `body_template` is shown under the last scan and made anew after every one. `takes` says which kinds of scans the
    bench takes: any other, a patron's card above all, is refused in words before the bench sees it, and `instead`
    says what to scan.
    """

    template = "generic/bench.html"
    body_template: ClassVar[str] = ""
    prompt: ClassVar[Any] = gettext_lazy("Scan a barcode")
    takes: ClassVar[Collection[ScanKind]] = THINGS
    instead: ClassVar[Any] = ""

    def scan(self, scan: Scan, key: str) -> ScanResult:
        """Act on one scan with one action call; `key` is the same when the same scan is sent again."""
        raise NotImplementedError(f"{type(self).__qualname__}.scan()")

    def press(self, verb: str, on: str, key: str) -> ScanResult:
        """Act on a button of the bench."""
        raise NotImplementedError(f"{type(self).__qualname__}.press()")

    def bench_verbs(self) -> Sequence[BenchVerb]:
        """Buttons that are always there (finish)."""
        return ()

    def progress(self) -> tuple[int, int] | None:
        """(done, of how many), when the whole is known."""
        return None

    def context(self) -> dict[str, Any]:
        return super().context() | {
            "prompt": self.prompt,
            "progress": self.progress(),
            "bench_verbs": self.bench_verbs(),
            "body_template": self.body_template,
        }

    def get(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        return self.show()

    def post(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        if request.POST.get("person", str(self.user.pk)) != str(self.user.pk):
            return HttpResponse(_("Somebody else is signed in now."), status=409, content_type="text/plain")
        key = self.posted_key()
        try:
            result = self._take_once(key)
        except Forbidden:
            raise
        except NotTaken as refusal:
            result = ScanResult("stop", refusal.text)
        except Refusal as refusal:
            result = ScanResult("stop", refusal.text, next_step=_("Put it aside."))
        return self.answer(result)

    def _take_once(self, key: str) -> ScanResult:
        with transaction.atomic():
            first = submissions.claim(key, user=self.user, path=self.request.path)
            if first is not None and first.answer:
                return ScanResult.from_json(first.answer)
            result = self._take(key)
            submissions.settle(key, location=result.go, answer=result.to_json())
            return result

    def _take(self, key: str) -> ScanResult:
        post = self.request.POST
        if post.get("verb"):
            return self.press(post["verb"], post.get("on", ""), key)
        code = post.get("code", "").replace("\x00", "").strip()
        if not code or len(code) > LONGEST_SCAN:
            raise Refusal(_("Nothing was scanned. Scan again, or type the number and press Enter."))
        return self.scan(require(barcodes.read(code), self.takes, instead=str(self.instead)), key)

    def answer(self, result: ScanResult) -> HttpResponse:
        """The last scan and the body, alone when the bench's script asked, else within the page."""
        partial = bool(self.request.headers.get("HX-Request"))
        if result.go:
            return self.go(result.go) if partial else HttpResponseRedirect(result.go)
        self._object = None  # the action changed it
        return self.show(template="generic/_bench_live.html" if partial else "", result=result)
