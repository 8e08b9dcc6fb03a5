"""How vendors' EDIFACT differs, as data: what each wants in an order, and what its answers mean.

The presets follow what each vendor is known to accept (the library's own agreement with the vendor comes first: copy
a preset with `dataclasses.replace` and change what was agreed).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from enum import StrEnum

from acquisitions.edi.codes import FATES, Fate, words
from techsvc.kernel.errors import Refusal

# GIR qualifier → what a copy group says there, in the order in which they are sent.
GRID = {
    "LLO": "branch",
    "LFN": "fund",
    "LSQ": "collection",
    "LST": "item_type",
    "LQT": "quantity",
    "LSM": "call_number",
}
# IMD code → what the line says there: EDItEUR's codes, and those that vendors in the United States read.
EDITEUR = (("009", "author"), ("050", "title"), ("109", "publisher"), ("170", "year"))
AMERICAN = (("BAU", "author"), ("BTI", "title"), ("BPU", "publisher"), ("BPD", "year"))


class BuyerForm(StrEnum):
    """How the order names the buyer: by SAN and, for the account, RFF+API; by the account; by "SAN account"."""

    SAN = "san"
    ACCOUNT = "account"
    SAN_SUFFIX = "san suffix"


class ReferenceForm(StrEnum):
    """What RFF+LI holds: "order/line" or the line's reference alone."""

    ORDER_AND_LINE = "order/line"
    LINE = "line"


@dataclass(frozen=True, slots=True)
class Dialect:
    """One vendor's agreement.

    `grid` lists the GIR qualifiers that are sent; without LQT each copy gets a set of its own. `empty_grid` are those
    sent even when they are empty, as `empty_descriptions` and `empty_note` are for IMD and FTX. `statuses` are private
    codes: (list, code) → (words, fate). `amount_per_unit` says that MOA+203 is the price of one copy, not of the line.
    """

    code: str
    name: str
    buyer: BuyerForm = BuyerForm.SAN
    reference: ReferenceForm = ReferenceForm.ORDER_AND_LINE
    max_reference: int = 35
    sequential_lines: bool = True
    grid: tuple[str, ...] = tuple(GRID)
    empty_grid: frozenset[str] = frozenset()
    isbn10: bool = True
    vendor_number: bool = True
    description_format: str = "L"
    descriptions: tuple[tuple[str, str], ...] = EDITEUR
    empty_descriptions: bool = False
    empty_note: bool = False
    price: str = "AAE"
    charset: str = "UNOC"
    statuses: Mapping[tuple[str, str], tuple[str, Fate]] = field(default_factory=dict)
    amount_per_unit: bool = False


# Seen in Baker & Taylor's order responses, known by the quantities beside them.
BAKER_TAYLOR_STATUSES = {
    ("8B", "01"): ("shipping", Fate.SHIPPED),
    ("8B", "03"): ("back-ordered", Fate.BACKORDERED),
    ("8B", "27"): ("cancelled", Fate.CANCELLED),
    ("7B", "07"): ("back-ordered", Fate.BACKORDERED),
    ("7B", "99"): ("back-ordered", Fate.BACKORDERED),
}

STANDARD = Dialect("standard", "EDItEUR standard")
UNITED_STATES = replace(STANDARD, description_format="F", descriptions=AMERICAN, price="AAB")
PRESETS = (
    STANDARD,
    replace(UNITED_STATES, code="ingram", name="Ingram", grid=("LLO", "LSQ", "LST", "LQT"), max_reference=22),
    replace(
        UNITED_STATES,
        code="baker_taylor",
        name="Baker & Taylor",
        grid=("LLO", "LSQ", "LST", "LQT", "LSM"),
        empty_grid=frozenset({"LSQ", "LST", "LSM"}),
        buyer=BuyerForm.SAN_SUFFIX,
        reference=ReferenceForm.LINE,
        statuses=BAKER_TAYLOR_STATUSES,
    ),
    replace(UNITED_STATES, code="brodart", name="Brodart", grid=("LLO", "LFN", "LSQ", "LST", "LQT")),
    replace(UNITED_STATES, code="midwest_tape", name="Midwest Tape", grid=("LLO", "LFN", "LQT")),
    replace(UNITED_STATES, code="uls", name="ULS", grid=("LLO", "LSQ", "LST", "LQT"), empty_note=True),
    replace(UNITED_STATES, code="recorded_books", name="Recorded Books", grid=("LLO", "LSQ", "LST", "LQT")),
    replace(
        UNITED_STATES,
        code="midwest_library_service",
        name="Midwest Library Service",
        grid=(),
        buyer=BuyerForm.ACCOUNT,
        empty_descriptions=True,
    ),
)
DIALECTS = {dialect.code: dialect for dialect in PRESETS}


def find_dialect(code: str) -> Dialect:
    """The preset with this code; raises Refusal for an unknown one."""
    if code not in DIALECTS:
        raise Refusal(f"There is no EDI dialect {code!r}. Choose one of: {', '.join(DIALECTS)}.", field="dialect")
    return DIALECTS[code]


def write_reference(dialect: Dialect, order_number: str, line_ref: str) -> str:
    """RFF+LI of an order line; raises Refusal when it is longer than the vendor keeps (it would be cut off)."""
    ref = line_ref if dialect.reference is ReferenceForm.LINE else f"{order_number}/{line_ref}"
    if len(ref) > dialect.max_reference:
        raise Refusal(
            f"The reference {ref} has {len(ref)} characters; {dialect.name} keeps {dialect.max_reference}, and answers "
            "would be matched to the wrong order. Use a shorter order number."
        )
    return ref


def split_reference(ref: str) -> tuple[str, str]:
    """(order number or "", line's reference) of an RFF+LI that comes back."""
    order, _, line = ref.rpartition("/")
    return order.strip(), line.strip()


def status_fate(dialect: Dialect, code_list: str, code: str) -> tuple[str, Fate] | None:
    """(words with the code, fate) of a status, by the vendor's private table first; None when nobody knows it."""
    private = dialect.statuses.get((code_list, code))
    if private is not None:
        return f"{private[0]} (vendor code {code})", private[1]
    entry = FATES.get(code_list, {}).get(code)
    return (words(code_list, code), entry[1]) if entry else None
