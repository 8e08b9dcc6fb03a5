"""Lifecycles as tables: what is legal, what is refused and in which words, and how they are drawn."""

from __future__ import annotations

from enum import StrEnum

import pytest

from techsvc.kernel import states
from techsvc.kernel.errors import Refusal
from techsvc.kernel.states import Lifecycle


class Lamp(StrEnum):
    OFF = "off"
    WARMING_UP = "warming_up"
    BROKEN = "broken"


LAMP: Lifecycle[Lamp] = {
    Lamp.OFF: {"switch_on": Lamp.WARMING_UP, "drop": Lamp.BROKEN},
    Lamp.WARMING_UP: {"switch_off": Lamp.OFF},
    Lamp.BROKEN: {},
}


@pytest.mark.parametrize(
    ("state", "verb", "after"),
    [
        (Lamp.OFF, "switch_on", Lamp.WARMING_UP),
        (Lamp.OFF, "drop", Lamp.BROKEN),
        (Lamp.WARMING_UP, "switch_off", Lamp.OFF),
    ],
)
def test_a_legal_move(state: Lamp, verb: str, after: Lamp) -> None:
    assert states.may(LAMP, state, verb)
    assert states.move(LAMP, state, verb, what="The lamp") is after


@pytest.mark.parametrize(
    ("state", "verb", "hint", "text"),
    [
        (
            Lamp.WARMING_UP,
            "switch_on",
            "",
            "The lamp: can't switch on, it is warming up. Possible now: switch off.",
        ),
        (Lamp.OFF, "switch_off", "", "The lamp: can't switch off, it is off. Possible now: drop, switch on."),
        (Lamp.BROKEN, "drop", "", "The lamp: can't drop, it is broken. Possible now: nothing more."),
        (Lamp.BROKEN, "drop", "Buy a new one.", "The lamp: can't drop, it is broken. Buy a new one."),
    ],
)
def test_an_illegal_move_says_what_is_possible(state: Lamp, verb: str, hint: str, text: str) -> None:
    assert not states.may(LAMP, state, verb)
    with pytest.raises(Refusal) as refused:
        states.move(LAMP, state, verb, what="The lamp", hint=hint)
    assert refused.value.text == text


def test_the_table_is_drawn_as_it_stands() -> None:
    assert states.mermaid(LAMP) == (
        "stateDiagram-v2\n"
        "    off --> warming_up: switch on\n"
        "    off --> broken: drop\n"
        "    warming_up --> off: switch off\n"
        "    broken --> [*]\n"
    )
