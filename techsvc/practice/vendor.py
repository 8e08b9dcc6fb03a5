"""The vendor at work: takes orders from in/, lays answers into out/, and gives each answer once."""

from __future__ import annotations

import hashlib
import logging
import shutil
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from pathlib import Path

from techsvc.practice import state
from techsvc.practice.answers import Heading, Terms, despatch_advice, interchange, invoice, order_response
from techsvc.practice.cartons import carton_count, pack, packing_slip
from techsvc.practice.orders import Order, Orders, Refused, read_orders
from techsvc.practice.scenario import Scenario, decide, read_scenario
from techsvc.practice.state import Answer, Job, State

log = logging.getLogger("techsvc.practice")
UNFINISHED = (".part", ".tmp", ".filepart")
START_AFRESH = "To start afresh, stop the vendor and run: python -m techsvc.practice --forget"


@dataclass(frozen=True)
class Places:
    """The vendor's directory. Only in/ and out/ are open to the library."""

    root: Path

    def __post_init__(self) -> None:
        for folder in (self.incoming, self.refused, self.outgoing, self.kept, self.slips):
            folder.mkdir(parents=True, exist_ok=True)

    @property
    def incoming(self) -> Path:
        """Where orders arrive."""
        return self.root / "in"

    @property
    def refused(self) -> Path:
        """Files that were not accepted, each with its reason."""
        return self.root / "in" / "refused"

    @property
    def outgoing(self) -> Path:
        """Where answers wait to be fetched."""
        return self.root / "out"

    @property
    def kept(self) -> Path:
        """The vendor's own copies of order files, by sha256."""
        return self.root / "kept"

    @property
    def slips(self) -> Path:
        """What really lies in the cartons, as the paper inside would say."""
        return self.root / "slips"

    @property
    def state(self) -> Path:
        """What was answered."""
        return self.root / "state.json"

    @property
    def scenario(self) -> Path:
        """How orders are treated; may be missing."""
        return self.root / "scenario.json"


def step(places: Places, now: datetime, *, patient: bool = True) -> int:
    """Take in what has arrived and give the answers that are due; returns how many answers were written.

    Not patient means that every answer is given now. Raises ScenarioError before anything is taken in.
    """
    with state.alone(places.root / ".lock"):
        scenario = read_scenario(places.scenario.read_text("utf-8") if places.scenario.exists() else "")
        memory = state.load(places.state)
        for path in arrived(places.incoming):
            take_in(places, memory, path, scenario=scenario, now=now)
        return give_answers(places, memory, now if patient else None)


def forget(places: Places) -> None:
    """Forget all orders, as if none had come; the host key and the scenario stay."""
    with state.alone(places.root / ".lock"):
        places.state.unlink(missing_ok=True)
        for folder in (places.incoming, places.outgoing, places.kept, places.slips):
            shutil.rmtree(folder)
    Places(places.root)


def arrived(folder: Path) -> list[Path]:
    """Complete files, in the order of their names."""
    files = (p for p in folder.iterdir() if p.is_file() and not p.is_symlink())
    return sorted(p for p in files if not p.name.startswith(".") and not p.name.endswith(UNFINISHED))


def take_in(places: Places, memory: State, path: Path, *, scenario: Scenario, now: datetime) -> None:
    """One file: remembered with its answers before it leaves in/, so that a crash loses and doubles nothing."""
    body = path.read_bytes()
    digest = hashlib.sha256(body).hexdigest()
    if digest in memory.files:
        log.info("%s came before and is not answered again.", path.name)
        path.unlink()
        return
    try:
        orders = read_orders(body)
        check_reference(memory, orders)
    except Refused as refusal:
        refuse(places, path, [str(refusal)])
        return
    state.write_whole(places.kept / f"{digest}.edi", body)
    problems = list(orders.problems)
    for order in orders.orders:
        known = memory.job_for(sender_name(orders), order.number)
        if known:
            problems.append(
                f"Order {order.number} came before, in interchange {known.interchange} on {known.received[:10]}; "
                f"it is not supplied twice. {START_AFRESH}"
            )
            continue
        memory.jobs.append(new_job(memory, orders, order, digest=digest, scenario=scenario, now=now))
        log.info("Order %s received: %d lines.", order.number, len(order.lines))
    memory.files[digest] = path.name
    memory.interchanges[reference_name(orders)] = digest
    state.save(places.state, memory)
    if problems:
        refuse(places, path, problems)
    else:
        path.unlink()


def check_reference(memory: State, orders: Orders) -> None:
    """A control reference names one interchange; another text under the same one can't be trusted."""
    if reference_name(orders) in memory.interchanges:
        raise Refused(
            f"Interchange {orders.reference} came before with other content. Nothing of it was taken. {START_AFRESH}"
        )


def sender_name(orders: Orders) -> str:
    """The sender as one text."""
    return ":".join(orders.sender)


def reference_name(orders: Orders) -> str:
    """Sender and control reference as one text."""
    return f"{sender_name(orders)}/{orders.reference}"


def refuse(places: Places, path: Path, reasons: Sequence[str]) -> None:
    """Set the file aside with its reasons beside it."""
    log.warning("%s refused: %s", path.name, " ".join(reasons))
    target = move(path, places.refused)
    state.write_whole(target.with_name(target.name + ".txt"), ("\n".join(reasons) + "\n").encode())


def move(path: Path, folder: Path) -> Path:
    """Move without overwriting; returns the new place."""
    target, number = folder / path.name, 2
    while target.exists():
        target, number = folder / f"{path.stem}~{number}{path.suffix}", number + 1
    return path.rename(target)


def new_job(memory: State, orders: Orders, order: Order, *, digest: str, scenario: Scenario, now: datetime) -> Job:
    """An order with its answers planned; without copies to send there is neither despatch nor invoice."""
    decisions = decide(order, scenario, now.date())
    cartons = carton_count(decisions, scenario.carton_size)
    kinds = ("ORDRSP", "DESADV", "INVOIC") if cartons else ("ORDRSP",)
    answers = []
    for place, kind in enumerate(kinds, start=1):
        number = memory.take_number()
        due = now + timedelta(seconds=place * scenario.delay)
        document = f"{kind[0]}{number:07d}"
        answers.append(Answer(kind, document, f"P{number:07d}", f"{kind}_{document}.edi", due.isoformat()))
    return Job(
        sender=sender_name(orders),
        order=order.number,
        interchange=orders.reference,
        file=digest,
        message=order.message,
        received=now.isoformat(),
        first_carton=memory.take_cartons(cartons),
        scenario=scenario.as_json(),
        answers=answers,
    )


def give_answers(places: Places, memory: State, now: datetime | None) -> int:
    """Write the answers that are due (all, without a time), in the order in which they were planned."""
    written = 0
    for job in memory.jobs:
        for answer in job.answers:
            if answer.written or (now is not None and datetime.fromisoformat(answer.due) > now):
                continue
            write_answer(places, job, answer)
            answer.written = True
            state.save(places.state, memory)
            written += 1
    return written


def write_answer(places: Places, job: Job, answer: Answer) -> None:
    """Lay the file into out/, unless a crash hid from us that it was there already."""
    if any((folder / answer.name).exists() for folder in (places.outgoing, places.outgoing / "done")):
        return
    body, slip = compose(places, job, answer)
    if slip:
        state.write_whole(places.slips / f"{answer.number}.txt", slip.encode())
    state.write_whole(places.outgoing / answer.name, body)
    log.info("%s written for order %s.", answer.name, job.order)


def compose(places: Places, job: Job, answer: Answer) -> tuple[bytes, str]:
    """The answer's bytes, and the packing slip when it is a despatch; the same each time it is called."""
    orders = read_orders((places.kept / f"{job.file}.edi").read_bytes())
    order = next(o for o in orders.orders if (o.number, o.message) == (job.order, job.message))
    scenario = Scenario(**job.scenario)  # type: ignore[arg-type]  # written by Scenario.as_json
    decisions = decide(order, scenario, datetime.fromisoformat(job.received).date())
    heading = Heading(answer.number, answer.reference, datetime.fromisoformat(answer.due))
    slip = ""
    if answer.kind == "ORDRSP":
        segments = order_response(order, decisions, heading)
    elif answer.kind == "DESADV":
        cartons = pack(decisions, scenario.carton_size, job.first_carton)
        segments = despatch_advice(order, cartons, heading)
        slip = packing_slip(answer.number, order.number, cartons, short=scenario.short)
    else:
        despatch = next(a.number for a in job.answers if a.kind == "DESADV")
        terms = Terms(despatch, Decimal(scenario.delivery_charge), tuple(scenario.lost_prices))
        segments = invoice(order, decisions, heading, terms)
    return interchange(answer.kind, segments, orders, heading), slip
