"""Claims: drafts to send, and what became of those that were sent."""

from __future__ import annotations

from typing import Any, ClassVar

from django.db.models import QuerySet
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from acquisitions.actions import claiming
from acquisitions.forms.receiving import ClaimForm
from acquisitions.models.orders import OrderLine
from acquisitions.models.receipts import CLAIM_KINDS, CLAIM_STATES, Claim
from acquisitions.models.vendors import Vendor
from acquisitions.rules.lifecycle import CLAIM, ClaimState
from techsvc.kernel import queries, states
from techsvc.kernel.pages import ActionPage, BulkPage, Column, DetailPage, Fact, Filter, FormPage, ListPage, Tab, Table
from techsvc.kernel.slots import Verb

NAV = "acquisitions:claims"
KINDS = {
    "damaged": gettext_lazy("damaged"),
    "short": gettext_lazy("short"),
    "late": gettext_lazy("late"),
    "wrong": gettext_lazy("wrong title"),
}


def all_claims() -> QuerySet[Claim]:
    return Claim.objects.select_related("vendor", "line__order", "shipment")


class Claims(ListPage[Claim]):
    """Every claim; the drafts are what waits."""

    permission, title, nav = "acquisitions.view_receiving", gettext_lazy("Claims"), NAV
    columns = (
        Column("number", gettext_lazy("Number"), kind="code", sort="number"),
        Column("vendor", gettext_lazy("Vendor"), sort="vendor__name"),
        Column("kind", gettext_lazy("What is wrong"), value=lambda claim: KINDS[claim.kind], sort="kind"),
        Column("title", gettext_lazy("Title"), value="line.title", sort="line__title"),
        Column("quantity", gettext_lazy("Copies"), kind="number", sort="quantity", wide=True),
        Column("order", gettext_lazy("Order line"), value="line", kind="code", hidden=True),
        Column("shipment", gettext_lazy("Packing slip"), kind="code", hidden=True),
        Column("state", gettext_lazy("State"), kind="state", sort="state"),
        Column("created", gettext_lazy("Drafted"), value="created_at", kind="date", sort="created_at", wide=True),
        Column("sent", gettext_lazy("Sent"), value="sent_at", kind="date", sort="sent_at"),
    )
    filters = (
        Filter(
            "state",
            gettext_lazy("State"),
            choices=[(s, states.words(ClaimState(s))) for s in CLAIM_STATES],
            lookup="state",
        ),
        Filter(
            "kind", gettext_lazy("What is wrong"), choices=[(kind, KINDS[kind]) for kind in CLAIM_KINDS], lookup="kind"
        ),
        Filter(
            "vendor",
            gettext_lazy("Vendor"),
            choices=lambda _user: Vendor.objects.values_list("pk", "name"),
            lookup="vendor",
        ),
    )
    search = (
        "number__icontains",
        "line__title__icontains",
        "line__isbn",
        "line__order__number__icontains",
        "vendor__name__icontains",
    )
    tabs = (
        Tab(gettext_lazy("To send"), "state=draft&sort=created"),
        Tab(gettext_lazy("Sent"), "state=sent&sort=sent"),
        Tab(gettext_lazy("All")),
    )
    since = "created_at"
    default_sort = "-created"
    empty_title = gettext_lazy("There is nothing to claim.")
    empty_next = gettext_lazy(
        "Receiving drafts claims for what is damaged or short, and each morning for what is late."
    )

    def queryset(self) -> QuerySet[Claim]:
        return all_claims()

    def bulk(self) -> list[Verb]:
        if not self.may("acquisitions.claim"):
            return []
        return [
            Verb(_("Send"), reverse("acquisitions:claims_send"), method="post", key="s", icon="send"),
            Verb(_("Drop"), reverse("acquisitions:claims_drop"), method="post", icon="cancel"),
        ]


class ClaimDetail(DetailPage[Claim]):
    """One claim: its letter, and how it was sent."""

    permission, nav, kind = "acquisitions.view_receiving", NAV, "acquisitions.claim"
    template = "acquisitions/claims/detail.html"

    def objects(self) -> QuerySet[Claim]:
        return all_claims()

    def crumbs(self) -> list[tuple[str, str]]:
        return [(_("Claims"), reverse("acquisitions:claims"))]

    def page_title(self) -> str:
        return _("Claim %(number)s") % {"number": self.object}

    def state(self, thing: Claim) -> str:
        return thing.state

    def facts(self, thing: Claim) -> list[Fact]:
        shipment = thing.shipment
        return [
            Fact(_("Vendor"), thing.vendor, url=thing.vendor.get_absolute_url()),
            Fact(_("Mail for claims"), thing.vendor.email or _("none: send it by hand")),
            Fact(_("What is wrong"), KINDS[thing.kind]),
            Fact(_("Title"), thing.line.title, url=thing.line.get_absolute_url()),
            Fact(_("Copies"), thing.quantity, "number"),
            Fact(_("Packing slip"), shipment, url=shipment.get_absolute_url() if shipment else ""),
            Fact(_("Drafted"), thing.created_at, "datetime"),
            Fact(_("Sent"), thing.sent_at, "datetime"),
        ]

    def own_verbs(self, thing: Claim) -> list[Verb]:
        if not self.may("acquisitions.claim"):
            return []
        legal = CLAIM[ClaimState(thing.state)]
        verbs = [
            Verb(
                label,
                reverse(f"acquisitions:claim_{verb}", args=[thing.pk]),
                method="get" if verb == "send" else "post",  # mail can't be called back, so it asks first
                key=key,
                primary=first,
                icon=icon,
            )
            for verb, label, key, first, icon in (
                (
                    "send",
                    _("Send again") if thing.state == ClaimState.SENT else _("Send"),
                    "s",
                    thing.state == ClaimState.DRAFT,
                    "send",
                ),
                ("settle", _("Settled"), "t", thing.state == ClaimState.SENT, "check"),
                ("drop", _("Drop"), "", False, "cancel"),
                ("reopen", _("Open again"), "", True, "redo"),
            )
            if verb in legal
        ]
        if thing.state == ClaimState.DRAFT:
            verbs.append(Verb(_("Edit"), reverse("acquisitions:claim_edit", args=[thing.pk]), key="e", icon="edit"))
        return verbs

    def tables(self, thing: Claim) -> list[Table]:
        mails = queries.outgoing_of(thing)
        return [Table(_("Mail"), MAIL_COLUMNS, mails)] if mails else []


MAIL_COLUMNS = (
    Column("name", gettext_lazy("Mail")),
    Column("recipient", gettext_lazy("To")),
    Column("state", gettext_lazy("State"), kind="state"),
    Column("queued_at", gettext_lazy("Queued"), kind="datetime", wide=True),
    Column("sent_at", gettext_lazy("Sent"), kind="datetime"),
)


class ClaimEdit(FormPage[ClaimForm]):
    """The letter of a draft."""

    permission, nav = "acquisitions.claim", NAV
    title, form_class = gettext_lazy("Edit the claim"), ClaimForm

    def objects(self) -> QuerySet[Claim]:
        return Claim.objects.all()

    def crumbs(self) -> list[tuple[str, str]]:
        return [(_("Claims"), reverse("acquisitions:claims")), (self.object.number, self.object.get_absolute_url())]

    def initial(self) -> dict[str, Any]:
        return {"text": self.object.text, "quantity": self.object.quantity}

    def act(self, form: ClaimForm) -> Claim:
        data = form.cleaned_data
        return claiming.edit_claim(self.object.pk, text=data["text"], quantity=data["quantity"], actor=self.user)


class ClaimVerb(ActionPage[Claim]):
    """Sent, settled, dropped, opened again."""

    permission, nav = "acquisitions.claim", NAV
    acts: ClassVar = {
        "send": claiming.send_claim,
        "settle": claiming.settle_claim,
        "drop": claiming.drop_claim,
        "reopen": claiming.reopen_claim,
    }
    verb: str = "send"

    def objects(self) -> QuerySet[Claim]:
        return all_claims()

    def act(self, thing: Claim) -> Claim:
        return self.acts[self.verb](thing.pk, actor=self.user)

    def message(self, thing: Claim) -> str:
        if self.verb == "send":
            return sent_text(thing)
        return _("%(claim)s is %(state)s.") % {"claim": thing, "state": states.words(ClaimState(thing.state))}


class ClaimSend(ClaimVerb):
    """Sent: mail can't be called back, so it asks first."""

    title, submit_label = gettext_lazy("Send the claim"), gettext_lazy("Send")

    def confirm_text(self, thing: Claim) -> str:
        text = ngettext(
            "Send %(claim)s for %(n)d copy to %(to)s?", "Send %(claim)s for %(n)d copies to %(to)s?", thing.quantity
        )
        return text % {"claim": thing, "n": thing.quantity, "to": thing.vendor.email or thing.vendor}

    def success_url(self, thing: Claim) -> str:
        return str(thing.get_absolute_url())


def sent_text(claim: Claim) -> str:
    words = {"claim": claim, "vendor": claim.vendor, "mail": claim.vendor.email}
    if claim.vendor.email:
        return _("%(claim)s goes to %(mail)s.") % words
    return _("%(vendor)s has no mail address here: phone, or send the text of %(claim)s by hand.") % words


class LineClaim(ActionPage[OrderLine]):
    """Drafts a claim for what a line still lacks."""

    permission, nav = "acquisitions.claim", NAV

    def objects(self) -> QuerySet[OrderLine]:
        return OrderLine.objects.all()

    def act(self, thing: OrderLine) -> Claim:
        return claiming.claim_late(thing.pk, actor=self.user)

    def message(self, thing: Claim) -> str:
        return _("Drafted. Look at the letter, then send it.")


class ClaimsSend(BulkPage[Claim]):
    """Many claims at once; each vendor gets a mail for each claim."""

    permission, nav = "acquisitions.claim", NAV
    list_page, title = Claims, gettext_lazy("Send claims")

    def objects(self) -> QuerySet[Claim]:
        return Claim.objects.all()

    def act_on(self, row: Claim) -> None:
        claiming.send_claim(row.pk, actor=self.user)

    def confirm_text(self, count: int) -> str:
        text = ngettext("Send %(n)d claim to its vendor?", "Send %(n)d claims to their vendors?", count)
        return text % {"n": count}

    def done_text(self, count: int) -> str:
        return ngettext("%(n)d claim sent.", "%(n)d claims sent.", count) % {"n": count}

    def success_url(self) -> str:
        return reverse("acquisitions:claims") + "?state=sent"


class ClaimsDrop(BulkPage[Claim]):
    """Many claims that are not to be made after all."""

    permission, nav = "acquisitions.claim", NAV
    list_page, title = Claims, gettext_lazy("Drop claims")

    def objects(self) -> QuerySet[Claim]:
        return Claim.objects.all()

    def act_on(self, row: Claim) -> None:
        claiming.drop_claim(row.pk, actor=self.user)

    def done_text(self, count: int) -> str:
        return ngettext("%(n)d claim dropped.", "%(n)d claims dropped.", count) % {"n": count}

    def success_url(self) -> str:
        return reverse("acquisitions:claims")
