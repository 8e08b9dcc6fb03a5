"""The year of the demo library: its orders, requests, holds, loans, and the nights in which the system works alone."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from functools import partial

from acquisitions.actions import carts, claiming, ordering, requests
from acquisitions.actions.requests import Asked
from cataloging.models.records import Record
from ill.actions import borrowing
from ill.actions.borrowing import Wanted
from ill.models.borrowing import BorrowingRequest
from techsvc.circulation.actions import holds
from techsvc.circulation.models.holds import Hold
from techsvc.circulation.rules.lifecycle import HoldState
from techsvc.kernel import clock
from techsvc.kernel.actions import notices, people
from techsvc.workroom.demo import stock, supply
from techsvc.workroom.demo.bench import Staff
from techsvc.workroom.demo.library import fiscal_years, grant, nearly_empty
from techsvc.workroom.demo.story import Story, at, days_ago, later, once
from techsvc.workroom.demo.supply import Plan

LONG_AGO = 372  # days; the first thing that the demo remembers


def stories(staff: Staff) -> list[Story]:
    """Everything that happens in the year; to be played up to the present."""
    return [
        *budgets(staff),
        *carts_of_the_year(staff),
        *films_and_music(staff),
        *orders_by_hand(staff),
        *asked_by_patrons(staff),
        *waited_for(staff),
        *borrowed(staff),
        *stock.loaded(staff),
        *left_on_the_desk(staff),
        nights(),
        days_at_the_desk(staff),
        printing_days(staff),
    ]


def budgets(staff: Staff) -> Iterator[Story]:
    """Each fiscal year's money, on its first day; last year's when the demo begins. Music gives away what it has."""
    library = staff.library
    last, this = fiscal_years(clock.today())
    yield once(days_ago(LONG_AGO, 8), partial(grant, library, last))
    yield once(max(days_ago(LONG_AGO, 8, 30), at(this[1], 0)), partial(grant, library, this))
    yield once(days_ago(1, 17), partial(nearly_empty, library, "AV-MUSIC", target="AV-FILM", left_minor=640))


# ── Orders ───────────────────────────────────────────────────────────────────────────────────────


def carts_of_the_year(staff: Staff) -> Iterator[Story]:
    """Books from Ingram by cart: the oldest all done, the newest just sent."""
    return (supply.by_edi(staff, plan, cart=True) for plan in (*books_long_ago(), *books_lately()))


def books_long_ago() -> tuple[Plan, ...]:
    """Carts that are received, paid and shelved, each with a trouble that was got over."""
    return (
        Plan(
            "ingram",
            days_ago(340),
            ("Demon Copperhead", "Lessons", "Tomorrow", "Beloved", "Kindred", "Becoming"),
            "two",
            {"back_order_lines": [4]},
        ),
        Plan(
            "ingram",
            days_ago(296),
            ("Fourth wing", "Iron flame", "The covenant", "Tom Lake", "Atomic", "Sapiens"),
            "two",
            {"delivery_charge": "4.50"},
            damaged=1,
        ),
        Plan("ingram", days_ago(238), ("Watercress", "Wonder", "The hate u give"), "half"),
        Plan(
            "ingram",
            days_ago(171),
            ("The Heaven", "The wager", "Educated", "Divine rivals", "Firekeeper", "Children of blood"),
            "two",
            {"cancel_lines": [5], "surprise_prices": {"2": "33.00"}},
            missing=1,
        ),
        Plan(
            "ingram",
            days_ago(104),
            ("Onyx storm", "Sunrise", "The God of"),
            "everywhere",
            {"price_changes": {"2": "28.99"}},
            damaged=1,
        ),
    )


def books_lately() -> tuple[Plan, ...]:
    """Carts on their way: back-ordered, to be made ready, half unpacked, answered, sent."""
    return (
        Plan(
            "ingram",
            days_ago(52),
            ("James", "Intermezzo", "The anxious", "The first state", "Heartstopper"),
            "half",
            {"back_order_lines": [3], "back_order_days": 90},
            missing=1,
            supplement_after=90,
        ),
        Plan(
            "ingram",
            days_ago(15),
            ("The women", "Nexus", "The serviceberry", "The last cuentista"),
            "half",
            {"surprise_prices": {"2": "41.00"}, "delivery_charge": "4.50"},
            damaged=1,
            unprocessed=9,
            supplement_after=80,
        ),
        Plan("ingram", days_ago(9), ("The eyes", "Dog Man", "Where the wild", "The very hungry"), "half", begun=5),
        Plan(
            "ingram",
            days_ago(4),
            ("Braiding", "Salt, fat", "Spare", "The handmaid"),
            "half",
            {"back_order_lines": [2], "price_changes": {"1": "22.00"}},
        ),
        Plan("ingram", days_ago(1, 15, 10), ("Dune", "Educated", "Wonder"), "two"),
    )


def films_and_music(staff: Staff) -> Iterator[Story]:
    """Films, games and audiobooks from Midwest Tape."""
    plans = (
        Plan(
            "midwest-tape",
            days_ago(263),
            ("dvd=Encanto", "dvd=Sing", "audiobook_cd=Steal", "audiobook_cd=The Paris"),
            "two",
            {"delivery_charge": "3.95"},
        ),
        Plan("midwest-tape", days_ago(119), ("music_cd=Kind", "music_cd=Abbey", "music_cd=Blues"), "two"),
        Plan(
            "midwest-tape",
            days_ago(33),
            ("dvd=Ghostbusters", "dvd=West Side", "blu_ray=Pineapple", "video_game=Mario"),
            "two",
            {"cancel_lines": [3]},
            missing=1,
            supplement_after=75,
        ),
        Plan(
            "midwest-tape",
            days_ago(8),
            ("dvd=Summer", "dvd=Muhammad", "audiobook_cd=Death", "audiobook_cd=The man"),
            "two",
            {"surprise_prices": {"1": "27.99"}},
        ),
        Plan(
            "midwest-tape",
            days_ago(2, 11),
            ("audiobook_cd=The city", "video_game=The legend", "music_cd=The Joshua"),
            "two",
        ),
    )
    return (supply.by_edi(staff, plan) for plan in plans)


def orders_by_hand(staff: Staff) -> Iterator[Story]:
    """Large print by mail, periodicals from the agent, and what the bookshop on the corner brings."""
    plans = (
        Plan("ebsco", days_ago(320), ("serial=The New Yorker", "serial=National", "serial=Consumer"), "two"),
        Plan("thorndike", days_ago(205), ("large_print=Ready player two", "large_print=Unbridled"), "two"),
        Plan("mainstreet", days_ago(64), ("Big", "Hot dog"), "two", fund="FRIENDS"),
        Plan("thorndike", days_ago(18), ("large_print=Ready player one",), "half", unprocessed=4),
    )
    yield from (supply.by_hand(staff, plan) for plan in plans)
    # Ordered long ago and never seen: the calendar claims it by itself.
    yield never_seen(staff, Plan("mainstreet", days_ago(83), ("Watercress",), "two"))


def never_seen(staff: Staff, plan: Plan) -> Story:
    """An order that was mailed, and of which nothing came."""
    yield plan.placed
    order = supply.order_by_hand(staff.library, plan)
    staff.settle_issues(order, supply.SENT_BY_HAND)


# ── Patrons ──────────────────────────────────────────────────────────────────────────────────────


def asked_by_patrons(staff: Staff) -> Iterator[Story]:
    """Purchase requests: waiting, approved, declined, bought and on the hold shelf."""
    yield bought_for(staff, days_ago(27), patron=0, book="Tomorrow")
    yield bought_for(staff, days_ago(6, 15), patron=1, book="All the colors")
    yield request(staff, days_ago(21), patron=3, asked=Asked("Cloud cuckoo land", "Doerr, Anthony"), verdict="decline")
    yield request(staff, days_ago(6), patron=4, asked=Asked("North woods", "Mason, Daniel"), verdict="approve")
    yield request(staff, days_ago(5), patron=7, asked=Asked("The vaster wilds", "Groff, Lauren"), verdict="approve")
    yield request(staff, days_ago(3), patron=2, asked=Asked("Prophet song", "Lynch, Paul"))
    yield request(staff, days_ago(2, 14), patron=9, asked=Asked("The bee sting", "Murray, Paul"))
    yield request(staff, days_ago(1, 16, 40), patron=5, asked=Asked("Yellowface", "Kuang, R. F.", "9780063250833"))


def request(staff: Staff, when: datetime, *, patron: int, asked: Asked, verdict: str = "") -> Story:
    """A patron asks at the desk; two days later the selector decides, or has not come to it."""
    library = staff.library
    yield when
    who = library.patrons[patron]
    row = requests.submit_request(asked, patron=who, pickup=who.branch, actor=library.staff["desk"])
    if not verdict:
        return
    yield later(when, 2, 11, 0)
    selector = library.staff["selector"]
    if verdict == "decline":
        reason = "We have eleven copies on the shelves of other branches; we placed a hold for you."
        requests.decline_request(row.pk, reason=reason, actor=selector)
    else:
        requests.approve_request(row.pk, actor=selector)


def bought_for(staff: Staff, when: datetime, *, patron: int, book: str) -> Story:
    """A request that is bought at the bookshop and reaches the patron."""
    library = staff.library
    plan = Plan("mainstreet", later(when, 1), (book,), "central", fund="REQUESTS")
    (wanted,) = supply.chosen(plan)
    yield when
    who = library.patrons[patron]
    asked = Asked(wanted.title, wanted.author, wanted.isbn, wanted.format)
    row = requests.submit_request(asked, patron=who, pickup=who.branch, actor=library.staff["desk"])
    yield plan.placed
    line = supply.new_line(library, wanted, plan)
    vendor = library.vendors[plan.vendor]
    order = ordering.order_request(row.pk, vendor=vendor, line=line, actor=library.staff["selector"])
    yield (arrived := later(plan.placed, 8, 12, 30))
    staff.settle_issues(order, supply.SENT_BY_HAND)
    copies = staff.unpack_by_slip(order, supply.slip_number(order))
    yield later(arrived, 1, 10, 0)
    staff.pay_by_hand(order, copies, f"{order.pk:05d}-{clock.today():%m%d}")
    yield from supply.shelve(staff, order, [wanted], since=arrived)


def waited_for(staff: Staff) -> Iterator[Story]:
    """Holds that patrons place on titles that are on order."""
    for days, patron, title in (
        (100, 1, "Onyx storm"),
        (99, 6, "Sunrise on the reaping"),
        (13, 1, "The women"),
        (13, 8, "The women"),
        (12, 3, "Nexus"),
        (11, 2, "The last cuentista"),
        (7, 5, "Dog Man"),
        (3, 6, "Spare"),
        (1, 7, "Dune"),
    ):
        yield once(days_ago(days, 16), partial(hold, staff, patron, title))


def hold(staff: Staff, patron: int, title: str) -> None:
    """A place in the queue of a title that is in the catalog."""
    record = Record.objects.filter(title__istartswith=title).exclude(format="ebook").order_by("pk").first()
    if record is not None:
        who = staff.library.patrons[patron]
        holds.place_hold(record, patron=who, pickup=who.branch, actor=staff.library.staff["desk"])


def borrowed(staff: Staff) -> Iterator[Story]:
    """Loans from other libraries, at every step of their way; one is overdue, one could not be supplied."""
    rows = (
        (60, 0, "The shipping news", "Proulx, Annie", "Lakeshore Public Library", 28, 24),
        (37, 4, "The living mountain", "Shepherd, Nan", "State Library", 28, 26),
        (33, 9, "The peregrine", "Baker, J. A.", "State Library", 21, 90),
        (25, 2, "Kristin Lavransdatter", "Undset, Sigrid", "Fairmont University Library", 24, 90),
        (6, 8, "The dollmaker", "Arnow, Harriette", "Lakeshore Public Library", 28, 26),
        (3, 6, "Mrs. Bridge", "Connell, Evan S.", "Lakeshore Public Library", 28, 26),
        (1, 3, "The book of Ebenezer Le Page", "Edwards, G. B.", "", 0, 0),
    )
    for days, patron, title, author, lender, due_after, back_after in rows:
        asked = (patron, title, author)
        yield loan(staff, days_ago(days, 13), asked, lender, due_after=due_after, back_after=back_after)
    yield not_supplied(staff, days_ago(8, 15), (5, "Independent people", "Halldór Laxness"))


def ask_for_loan(staff: Staff, asked: tuple[int, str, str]) -> BorrowingRequest:
    """A patron wants a title that the library has not."""
    patron, title, author = asked
    who = staff.library.patrons[patron]
    wanted = Wanted(title, who.branch, author, patron=who, needed_by=clock.today() + timedelta(days=60))
    return borrowing.request_loan(wanted, actor=staff.library.staff["ill"])


def loan(
    staff: Staff, when: datetime, asked: tuple[int, str, str], lender: str, *, due_after: int, back_after: int
) -> Story:
    """One loan, due and sent back so many days after it was shipped; without a lender it waits to be sent."""
    clerk = staff.library.staff["ill"]
    yield when
    row = ask_for_loan(staff, asked)
    if not lender:
        return
    yield later(when, 1)
    borrowing.mark_sent(row.pk, lender=lender, actor=clerk)
    yield (shipped := later(when, 3))
    borrowing.mark_shipped(row.pk, due_on=clock.today() + timedelta(days=due_after), actor=clerk)
    yield later(shipped, 3)
    borrowing.receive_loan(row.pk, due_on=None, actor=clerk)
    yield later(shipped, back_after)
    borrowing.return_loan(row.pk, actor=clerk)
    yield later(shipped, back_after + 5)
    borrowing.complete_loan(row.pk, actor=clerk)


def not_supplied(staff: Staff, when: datetime, asked: tuple[int, str, str]) -> Story:
    """A loan that its lender could not supply: the next one has to be asked."""
    clerk = staff.library.staff["ill"]
    yield when
    row = ask_for_loan(staff, asked)
    yield later(when, 1)
    borrowing.mark_sent(row.pk, lender="Fairmont University Library", actor=clerk)
    yield later(when, 4)
    borrowing.refuse_loan(row.pk, why="Not on the shelf", actor=clerk)


# ── What lies on the desk today ──────────────────────────────────────────────────────────────────


def left_on_the_desk(staff: Staff) -> Iterator[Story]:
    """A cart that was looked at and not ordered, one that was thrown away, and a draft to Brodart."""
    library = staff.library
    preview = Plan("ingram", days_ago(1, 14), ("The covenant", "The wager", "Wonder", "Kindred"), "half")
    yield once(preview.placed, partial(upload, staff, preview))
    refused = Plan("ingram", days_ago(12), ("Spare", "Becoming"), "two")
    yield discarded(staff, refused)
    started = Plan("brodart", days_ago(1, 11), ("Firekeeper", "Heartstopper"), "two")
    yield once(started.placed, partial(supply.draft, library, started))


def upload(staff: Staff, plan: Plan) -> int:
    """Upload the cart of a plan; its key."""
    vendor, selector = staff.library.vendors[plan.vendor], staff.library.staff["selector"]
    return carts.upload_cart(vendor, supply.cart_name(plan), supply.cart_bytes(plan), actor=selector).pk


def discarded(staff: Staff, plan: Plan) -> Story:
    """A cart that nobody wanted after all."""
    yield plan.placed
    key = upload(staff, plan)
    yield plan.placed + timedelta(minutes=20)
    carts.discard_cart(key, actor=staff.library.staff["selector"])


# ── By itself ────────────────────────────────────────────────────────────────────────────────────


def nights() -> Story:
    """What the schedules do in the night: weekly in the past, every night of the last weeks."""
    today = clock.today()
    for days in (*range(LONG_AGO - 7, 14, -7), *range(14, -1, -1)):
        yield at(today - timedelta(days=days), 2, 30)
        system = people.system()
        holds.expire_uncollected(actor=system)
        requests.fulfil_ready(actor=system)
        claiming.draft_late_claims(actor=system)
        notices.send_due()


def days_at_the_desk(staff: Staff) -> Story:
    """Patrons come for what waits for them on the hold shelf; one never does."""
    desk = staff.library.staff["desk"]
    for instant in [days_ago(days, 18) for days in range(LONG_AGO - 10, 3, -3)]:
        yield instant
        ready = Hold.objects.filter(state=HoldState.READY, ready_at__lt=instant - timedelta(days=2))
        for one in ready.exclude(patron=staff.library.patrons[6]):
            holds.collect_hold(one.pk, actor=desk)


def printing_days(staff: Staff) -> Story:
    """Labels come out of the printer twice a week; those of the last days wait."""
    for instant in [days_ago(days, 17) for days in range(LONG_AGO - 10, 2, -4)]:
        yield instant
        staff.print_all()
