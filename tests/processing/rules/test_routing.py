"""What has to be done to each kind of material."""

from __future__ import annotations

import pytest

from cataloging.marc.fields import Format
from processing.rules.lifecycle import StepState
from processing.rules.routing import ROUTES, STEPS, VARIANTS, Practice, StepCode, in_sample, minutes, route, supplies

ITEM = "31234000012346"


def codes(form: Format, **wishes: object) -> list[str]:
    return [str(planned.step.code) for planned in route(form, barcode=ITEM, **wishes)]  # type: ignore[arg-type]


def test_every_format_has_a_route_of_known_steps() -> None:
    assert set(ROUTES) == set(Format)
    assert {code for steps in ROUTES.values() for code in steps} <= set(STEPS)
    assert all(old in ROUTES[form] and new in STEPS for (form, _), (old, new) in VARIANTS.items())
    assert set(STEPS) == set(StepCode)


@pytest.mark.parametrize(
    ("form", "wishes", "steps"),
    [
        (Format.BOOK, {}, ["stamp", "barcode", "spine_label", "label_protector", "jacket_cover", "final_check"]),
        (
            Format.BOOK,
            {"binding": "Paperback"},
            ["stamp", "barcode", "spine_label", "label_protector", "reinforce", "final_check"],
        ),
        (
            Format.DVD,
            {"practice": Practice(rfid=True, security=True)},
            [
                *("check_contents", "barcode", "case", "case_insert", "disc_hub", "rating_sticker"),
                *("rfid", "security", "final_check"),
            ],
        ),
        (
            Format.BOOK,
            {"practice": Practice(genre_stickers=True, leave_out=frozenset({"stamp", "jacket_cover"}))},
            ["barcode", "spine_label", "label_protector", "genre_sticker", "final_check"],
        ),
        (Format.EBOOK, {"practice": Practice(rfid=True)}, []),
    ],
)
def test_routes(form: Format, wishes: dict[str, object], steps: list[str]) -> None:
    assert codes(form, **wishes) == steps


def test_discs_carry_no_label_on_the_disc() -> None:
    for form in (Format.DVD, Format.BLU_RAY, Format.MUSIC_CD, Format.AUDIOBOOK_CD, Format.VIDEO_GAME):
        assert "disc_hub" in codes(form)
        assert "spine_label" not in codes(form)


def test_shelf_ready_steps_come_ticked() -> None:
    practice = Practice(quality_percent=0)
    steps = route(Format.BOOK, practice=practice, done_by_vendor={"barcode", "jacket_cover"}, barcode=ITEM)
    assert [(str(p.step.code), p.state, p.by_vendor) for p in steps] == [
        ("stamp", StepState.OPEN, False),
        ("barcode", StepState.DONE, True),
        ("spine_label", StepState.OPEN, False),
        ("label_protector", StepState.OPEN, False),
        ("jacket_cover", StepState.DONE, True),
        ("final_check", StepState.OPEN, False),
    ]
    assert minutes(steps) == 1.8
    assert supplies(steps) == {"spine label": 1, "label protector": 1}


def test_in_the_sample_the_vendors_work_is_looked_at() -> None:
    steps = route(Format.BOOK, practice=Practice(quality_percent=100), done_by_vendor={"barcode"}, barcode=ITEM)
    barcode = steps[1]
    assert (barcode.state, barcode.by_vendor) == (StepState.OPEN, True)
    assert barcode.step.label == "Barcode (check the vendor's work)"
    assert "barcode label" not in supplies(steps)


def test_a_tenth_is_sampled_and_always_the_same() -> None:
    keys = [f"31234{n:08d}" for n in range(10_000)]
    chosen = [key for key in keys if in_sample(key, 10)]
    assert 900 <= len(chosen) <= 1100
    assert chosen == [key for key in keys if in_sample(key, 10)]
    assert not any(in_sample(key, 0) for key in keys)
    assert all(in_sample(key, 100) for key in keys)
