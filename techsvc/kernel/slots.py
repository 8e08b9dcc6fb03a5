"""Named places that upper departments fill, so that lower ones show what they can't know of.

Filled from a department's apps.py `ready()`. A system check refuses names that nobody declared.
"""

from __future__ import annotations

import uuid
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

from techsvc.kernel import access
from techsvc.kernel.queries import count_and_oldest

if TYPE_CHECKING:
    from django.db.models import Model, QuerySet
    from django_stubs_ext import StrPromise

    from techsvc.kernel.models.people import User

    Text = str | StrPromise


@dataclass(frozen=True, slots=True)
class Verb:
    """Something that can be done from a page: a link (get) or a button with one key (post)."""

    label: Text
    url: str
    method: str = "get"
    key: str = ""
    primary: bool = False
    icon: str = ""
    danger: bool = False


@dataclass(frozen=True, slots=True)
class NavItem:
    """An entry of the rail."""

    label: Text
    url_name: str
    permission: str
    icon: str
    order: int = 50

    @property
    def anchor(self) -> str:
        """Its name within the page, where the count of what waits behind it is put."""
        return f"waits-{self.url_name.replace(':', '-')}"


UNLISTED = NavItem("", "", "", "pin")


@dataclass(frozen=True, slots=True)
class Panel:
    """A block on another department's page: a template and what it shows."""

    title: str
    template: str
    context: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Tile:
    """A worklist on the home page: a list page with a saved filter; its count is that list's count.

    `tone` "warn" marks what should not wait at all; `nav`, the rail's entry that it belongs to, and the icon of that
    come from the tile's source.
    """

    label: Text
    url: str
    count: int
    oldest: Any = None
    detail: str = ""
    tone: str = ""
    icon: str = ""
    nav: str = ""


@dataclass(frozen=True, slots=True)
class Worklist:
    """A tile that is not counted yet: its rows, and the column that says since when each waits.

    The rows are no slice. `urgent` holds those that should not wait, told by `urgent_words` ("%(n)d overdue").
    All worklists of a person are counted by one query.
    """

    label: Text
    url: str
    rows: QuerySet[Any]
    since: str
    tone: str = ""
    nav: str = ""
    urgent: QuerySet[Any] | None = None
    urgent_words: Text = ""

    def tile(self, count: int, oldest: Any, *, pressing: int) -> Tile:
        """The tile, when it is counted; `pressing` of its rows are urgent, which is said and seen."""
        detail, tone = (str(self.urgent_words) % {"n": pressing}, "warn") if pressing else ("", self.tone)
        return Tile(self.label, self.url, count, oldest, detail, tone, nav=self.nav)


@dataclass(frozen=True, slots=True)
class Hit:
    """One thing that the search box found; `patron` is whoever's name it shows, since such looks are written down."""

    kind: str
    label: Text
    url: str
    detail: str = ""
    patron: uuid.UUID | None = None


PanelMaker = Callable[[Any, "User"], "Panel | None"]
VerbMaker = Callable[[Any, "User"], Iterable[Verb]]
TileMaker = Callable[["User"], Iterable["Tile | Worklist"]]


@dataclass(frozen=True, slots=True)
class TileSource:
    """Where tiles come from, who sees them, and the rail's entry that gives them their picture and their place."""

    permission: str
    maker: TileMaker
    nav: str


SearchProvider = Callable[[str, "User"], Iterable[Hit]]
Objection = Callable[[Any], Iterable[str]]

# kind of page → what fills it. Kinds are declared where the page is; filling an unknown one fails the checks.
KINDS: set[str] = set()
_panels: dict[str, list[tuple[str, PanelMaker]]] = {}
_verbs: dict[str, list[tuple[str, VerbMaker]]] = {}
_objections: dict[str, list[Objection]] = {}
_nav: list[NavItem] = []
_tiles: list[TileSource] = []
_search: list[tuple[str, SearchProvider]] = []


def open_kind(*kinds: str) -> None:
    """Declare kinds of pages that others may add panels, verbs and objections to ("cataloging.record")."""
    KINDS.update(kinds)


def add_panel(kind: str, permission: str, maker: PanelMaker) -> None:
    _panels.setdefault(kind, []).append((permission, maker))


def add_verbs(kind: str, permission: str, maker: VerbMaker) -> None:
    _verbs.setdefault(kind, []).append((permission, maker))


def add_objection(kind: str, objection: Objection) -> None:
    """Reasons why a thing can't be deleted or withdrawn now, as sentences."""
    _objections.setdefault(kind, []).append(objection)


def add_nav(*items: NavItem) -> None:
    _nav.extend(items)


def add_tiles(permission: str, maker: TileMaker, *, nav: str) -> None:
    """Tiles of the home page; what they count is counted in the rail, beside the entry `nav`."""
    _tiles.append(TileSource(permission, maker, nav))


def add_search(permission: str, provider: SearchProvider) -> None:
    _search.append((permission, provider))


def panels(kind: str, thing: Model, user: User) -> list[Panel]:
    made = (maker(thing, user) for permission, maker in _panels.get(kind, ()) if access.allowed(user, permission))
    return [panel for panel in made if panel is not None]


def verbs(kind: str, thing: Model, user: User) -> list[Verb]:
    return [
        v for permission, maker in _verbs.get(kind, ()) if access.allowed(user, permission) for v in maker(thing, user)
    ]


def objections(kind: str, thing: Model) -> list[str]:
    return [sentence for objection in _objections.get(kind, ()) for sentence in objection(thing)]


def nav(user: User) -> list[NavItem]:
    """The rail as this person sees it."""
    return sorted(
        (item for item in _nav if access.allowed(user, item.permission)), key=lambda item: (item.order, item.label)
    )


def tiles(user: User, pinned: Sequence[Worklist] = ()) -> list[Tile]:
    """The person's worklists, counted, in the order of the line; after them the views that they pinned."""
    sources = sorted(_tiles, key=lambda source: _entry(source.nav).order)
    made: list[Tile | Worklist] = [
        replace(tile, nav=source.nav)
        for source in sources
        if access.allowed(user, source.permission)
        for tile in source.maker(user)
    ]
    return [replace(tile, icon=_entry(tile.nav).icon) for tile in _counted([*made, *pinned])]


def _counted(made: Sequence[Tile | Worklist]) -> Iterator[Tile]:
    """All of them as tiles; whatever is not counted yet is counted by one query."""
    lists = [one for one in made if isinstance(one, Worklist)]
    urgent = [one.urgent for one in lists if one.urgent is not None]
    counts = count_and_oldest([(one.rows, one.since) for one in lists] + [(rows, "") for rows in urgent])
    found, pressing = iter(counts), iter(counts[len(lists) :])
    for one in made:
        if isinstance(one, Worklist):
            yield one.tile(*next(found), pressing=next(pressing)[0] if one.urgent is not None else 0)
        else:
            yield one


def _entry(nav_name: str) -> NavItem:
    """The rail's entry of that name; one without a place for what the rail does not lead to."""
    return next((item for item in _nav if item.url_name == nav_name), UNLISTED)


def waiting(user: User) -> dict[str, int]:
    """How much waits behind each entry of the rail: what its tiles count, together."""
    counts = Counter[str]()
    for tile in tiles(user):
        counts[tile.nav] += tile.count
    return counts


def search(text: str, user: User) -> list[Hit]:
    return [hit for permission, provider in _search if access.allowed(user, permission) for hit in provider(text, user)]


def permissions() -> set[str]:
    """The rights that whatever fills the slots asks for."""
    by_kind = [permission for table in (_panels, _verbs) for made in table.values() for permission, _maker in made]
    asked = {item.permission for item in _nav} | {source.permission for source in _tiles}
    return asked | {permission for permission, _provider in _search} | {*by_kind}


def unknown_entries() -> set[str]:
    """Entries of the rail that tiles belong to but that nobody declares."""
    return {source.nav for source in _tiles} - {item.url_name for item in _nav}


def unknown_kinds() -> set[str]:
    """Kinds that were filled but that no page declares."""
    return (_panels.keys() | _verbs.keys() | _objections.keys()) - KINDS
