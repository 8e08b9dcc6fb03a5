"""The MARC 21 format for bibliographic data as one table: tags, indicators, subfields, and what may be repeated.

The table was made from three machine-readable descriptions of the format, whose notices are in marc21-licences.md
beside this file: MARC-Schema (fields, indicators, obsolete parts), marctable (newer fields and subfields) and marc-lint
(fields of holdings, more indicators). What any of them allows is allowed here.
"""

from __future__ import annotations

from dataclasses import dataclass

# Tag, R if it may be repeated; the values of both indicators (# is a blank, * is not checked); subfields that may be
# there once, and more than once; what was allowed in former times: of both indicators, and subfields. - is none.
TABLE = """
010 1 # # a 8bz - - -
013 R # # 6abc 8def - - -
015 R # # 26 8aqz - - -
016 R #7 # 2a 8z - - -
017 R # #8 26bdi 8az - - -
018 1 # # 6a 8 - - -
020 R # # 6ac 8qz - - b
022 R #01 # 026al 18myz - - bc
023 R * * 026a 18yz - - -
024 R 0123478 #01 26acd 8qz - - b
025 R # # - 8a - - -
026 R # # 26abce 58d - - -
027 R # # 6a 8qz - - -
028 R 0123456 0123 6ab 8q - - -
030 R # # 6a 8z - - -
031 R # # 26abcegmnopr 8dqstuyz - - -
032 R # # 6ab 8 - - -
033 R #012 #012 36 0128abcp - - -
034 R 013 #01 236adefgjkmnprxyz 018bchst 2 - -
035 R # # 6a 8z - - -
036 R # # 6ab 8 - - -
037 R #23 # 36ab 58cfgn - - -
038 1 # # 6a 8 - - -
040 1 # # 6abc 8de - - -
041 R #01 #7 236 78abdefghijkmnpqrt - - c
042 1 # # - a - - -
043 R # # 6 0128abc - - -
044 1 # # 6 28abc - - -
045 1 #012 # 6 8abc - - -
046 R # # 236abcdejklmnop 8xz - - -
047 R # #7 2 8a - - -
048 R # #7 2 8ab - - -
050 R #01 04 36b 018a - #123 d
051 R # # abc 8 - - -
052 R #17 # 26a 018bd 0 - c
055 R #01 0123456789 26ab 018 - - -
060 R #01 04 b 018a - #123 -
061 R # # bc 8a - - -
066 R # # ab c - - -
070 R #01 # b 018a - - -
071 R # # b 8ac - - -
072 R # 07 26a 8x - # -
074 R # # a 8z - - -
080 R #01 # 26ab 018x - - -
082 R 017 #04 26bmq 78a #2 - -
083 R 017 # 26mq 78acyz - - -
084 R # # 26bq 0178a - - -
085 R # # 6 018abcfrstuvwyz - - -
086 R #01 # 26a 018z 23456789 - -
088 R # # 6a 8z - - -
100 1 013 # 26abdflqtu 01478cegjknp 2 - -
110 1 012 # 26afltu 01478bcdegknp - - -
111 1 012 # 26aflqtu 01478cdegjknp - - -
130 1 0123456789 # 26afhlort 0178dgkmnps - - -
210 R 01 #0 6ab 278 - - -
222 R # 0123456789 6ab 8 - - -
240 1 01 0123456789 26afhlor 0178dgkmnps 23 - -
242 R 01 0123456789 6abchy 8np - - de
243 1 01 0123456789 6afhlor 8dgkmnps 23 - -
245 1 01 0123456789 6abcfghs 78knp - - de
246 R 0123 #012345678 56abfhi 78gnp - - cde
247 R 01 01 6abfhx 78gnp - - cde
250 R # # 36ab 78 - - -
251 R # # 236 018a - - -
254 1 # # 6a 8 - - -
255 R # # 6abcdefg 78 - - -
256 1 # # 6a 78 - - -
257 R # # 26 018a - - -
258 R # # 6ab 8 - - -
260 R #23 # 36 8abcefg 01 - dkl
263 1 # # 6a 8 - - -
264 R #23 01234 36 78abc - - -
270 R #12 #07 6bcdefghi 48ajklmnpqrz - - -
300 R # # 36be 78acfg - - dmn
306 1 # # 6 8a - - -
307 R #8 # 6ab 8 - - -
310 R # # 026ab 18 - - -
321 R # # 026ab 18 - - -
334 R * * 26ab 018 - - -
335 R # # 236ab 0178 - - -
336 R # # 236 0178ab - - -
337 R # # 236 018ab - - -
338 R # # 236 018ab - - -
340 R # # 236 018abcdefghijklmnopq - - -
341 R #01 # 236a 8bcde - 123 017h
342 R 01 012345678 26abcdghijklmnopqrstuvw 8ef - - -
343 R # # 6abcdefghi 8 - - -
344 R # # 236 018abcdefghij - - -
345 R # # 236 018abcd - - -
346 R # # 236 018ab - - -
347 R # # 236 018abcdef - - -
348 R # # 236 0178abcd - - -
351 R # # 36c 8ab - - -
352 R # # 6adefgi 8bcq - - -
353 R * * 236 018ab - - -
355 R 0123458 # 6adefgh 8bcj - - -
357 1 # # 6a 8bcg - - -
361 R * * 356aklsy 0178fouxz - - -
362 R 01 # 6az 8 - - -
363 R #01 #01 6abcdefghijklmuv 8xz - - -
365 R #01 #01 26abcdefghijkm 8 - - -
366 R # # 26abcdefgjkm 8 - - -
370 R # # 236st 01478cfgiuv - - -
377 R # #7 236 0178al - - -
380 R # # 236 0178a - - -
381 R # # 236 0178auv - - -
382 R #01 #01 236rst 0178abdenpv - - -
383 R # # 236de 78abc - - -
384 R #01 # 36a 0178 - - -
385 R # # 236mn 0178ab - - -
386 R # # 236mn 01478abi - - -
387 R * * 236 0178abcdefghijklm - - -
388 R #12 # 236 0178a - - -
400 R 013 01 6abdfgltuvx 48ceknp - - -
410 R 012 01 6acfgltuvx 48bdeknp - - -
411 R 012 09 6acdfglqtuvx 48eknp - 1 -
440 R # 0123456789 6avx 08npw - - h
490 R 01 # 36l 78avxyz - - -
500 R # # 356a 78 - - lxz
501 R # # 56a 78 - - -
502 R # # 6abcd 78go - - -
504 R # # 6ab 8 - - -
505 R 0128 #0 6a 78grtu - - -
506 R #01 # 2356a 8bcdefgqu - - -
507 R # # 6ab 8 - - -
508 R # # 6a 78 - - -
510 R 01234 # 36abcx 78u - - -
511 R 01 # 6a 8 23 - -
513 R # # 6ab 8 - - -
514 R # # 6adefim 8bcghjkuz - - -
515 R # # 6a 78 - - z
516 R #8 # 6a 8 - - -
518 R # # 36a 01278dop - - -
520 R #012348 # 236abc 78u - - z
521 R #012348 # 36b 8a - - -
522 R #8 # 6a 8 - - -
524 R #8 # 236a 8 - - -
525 R # # 6a 8 - - z
526 R 08 # 56abcdi 8xz - - -
530 R # # 36abcd 8u - - z
532 R 0128 # 36a 8 - - z
533 R # # 3567ade 8bcfmny - - -
534 R # # 36abcelmpt 8fknoxz - - -
535 R 12 # 36ag 8bcd 03 - -
536 R # # 6a 8bcdefgh - - -
538 R # # 36ai 58u - - -
540 R # # 2356abcdq 8fgu - - -
541 R #01 # 356abcdefh 8no - - -
542 R #01 # 36abcgijlmoqrs 8defhknpu - - -
544 R #01 # 36 8abcden - - -
545 R #01 # 6ab 8u - - -
546 R # # 36a 78b - - z
547 R # # 6a 8 - - z
550 R # # 6a 78 - - z
552 R # # 6abcdghijklmn 8efopuz - - -
555 R #08 # 36acd 78bu - - -
556 R #8 # 6a 8z - - -
561 R #01 # 356a 8u - - b
562 R # # 356 8abcde - - -
563 R # # 356a 8u - - -
565 R #08 # 36a 8bcde - - -
567 R #8 # 26a 018b - - -
580 R # # 6a 8 - - z
581 R #8 # 36a 8z - - -
583 R #01 # 2356a 78bcdefhijklnouxz - - -
584 R # # 356 8ab - - -
585 R # # 356a 8 - - -
586 R #8 # 36a 8 - - -
588 R #01 # 56a 8 - - -
600 R 013 01234567 236abdfhloqrtu 01478cegjkmnpsvxyz 2 - -
610 R 012 01234567 236afhlortu 01478bcdegkmnpsvxyz - - -
611 R 012 01234567 236afhlqtu 01478cdegjknpsvxyz - - -
630 R 0123456789 01234567 236afhlort 01478degkmnpsvxyz - - -
647 R # 01234567 236ad 018cgvxyz - - -
648 R # 01234567 236a 0178vxyz - - -
650 R #012 01234567 236abcd 01478egvxyz - - -
651 R # 01234567 236a 01478egvxyz - - b
653 R #012 #0123456 56 0178a - - -
654 R #012 # 236 0148abcevyz - - -
655 R #0 01234567 2356a 0178bcvxyz - - -
656 R # 7 236ak 018vxyz - - -
657 R # 7 236a 018vxyz - - -
658 R # # 26acd 018b - - -
662 R # # 26bd 0148acefgh - - -
688 R # #7 236a 0148eg - - -
700 R 013 #2 2356abdfhloqrtux 01478cegijkmnps 2 - -
710 R 012 #2 2356afhlortux 01478bcdegikmnps - - -
711 R 012 #2 2356afhlqtux 01478cdegijknps - - -
720 R #12 # 56a 01478e - - -
730 R 0123456789 #2 2356afhlortx 0148dgikmnps - - -
740 R 0123456789 #2 56ah 8np # 013 -
751 R # # 236a 01478eg - - -
752 R # # 26bd 0148acefgh - - -
753 R # # 26abc 018 - - -
754 R # # 26 018acdxz - - -
758 R # # 2356a 0148i - - -
760 R 01 #8 67abcdhmstxy 48ginow - - -
762 R 01 #8 67abcdhmstxy 48ginow - - -
765 R 01 #8 67abcdhmstuxy 48giknorwz - - -
767 R 01 #8 67abcdhmstuxy 48giknorwz - - -
770 R 01 #8 67abcdhmstuxy 48giknorwz - - -
772 R 01 #08 67abcdhmstuxy 48giknorwz - 1 -
773 R 01 #8 367abdhmpqstuxy 48giknorwz - - -
774 R 01 #8 67abcdhmstuxy 48giknorwz - 0 -
775 R 01 #8 67abcdefhmstuxy 48giknorwz - 012 -
776 R 01 #8 67abcdhmstuxy 48giknorwz - - -
777 R 01 #8 67abcdhmstuxy 48giknorwz - 012 -
780 R 01 01234567 67abcdhmstuxy 48giknorwz - - -
785 R 01 012345678 67abcdhmstuxy 48giknorwz - - -
786 R 01 #8 67abcdhjmpstuvxy 48giknorwz - - -
787 R 01 #8 67abcdhmstuxy 48giknorwz - - -
788 R * * 56abdestx 48ilnw - - -
800 R 013 # 2367abdfhloqrtuvx 01458cegjkmnpswy 2 - -
810 R 012 # 2367afhlortuvx 01458bcdegkmnpswy - - -
811 R 012 # 2367afhlqtuvx 01458cdegjknpswy - - -
830 R # 0123456789 2367afhlortvx 0158dgkmnpswy - - -
841 1 # # abe - - - -
842 1 # # - - - - -
843 R # # - - - - -
844 1 # # - - - - -
845 R # # - - - - -
850 R # # - 8a - - bde
852 R #012345678 #012 236ahjlnpqt 8bcdefgikmsuxz - - -
853 R # # - - - - -
854 R # # - - - - -
855 R # # - - - - -
856 R #012347 #0128 2367op 8acdefghlmnqrstuvwxyz - - bijk
857 R * * 23567bcdf 8eghlmnqrstuxyz - - -
863 R # # - - - - -
864 R # # - - - - -
865 R # # - - - - -
866 R #345 0127 26a 8xz - # -
867 R # # - - - - -
868 R # # - - - - -
876 R # # - - - - -
877 R # # - - - - -
878 R # # - - - - -
881 R # # 36 8abcdefghijklmn - - -
882 1 # # 6 8aiw - - -
883 R #012 # acdqux 018w - - -
884 R # # agkq u - - -
885 R # # 25abcd 01wxz - - -
886 R 012 # - 0123456789abcdefghijklmnopqrstuvwxyz - - -
887 R # # 2a - - - -
"""

CONTROL_ONCE = ("001", "003", "005", "008")
# How long the coded fields are; 007 by its first character, the category of material.
LENGTHS = {"005": 16, "006": 18, "008": 40}
PHYSICAL = {
    "a": 8, "c": 14, "d": 6, "f": 10, "g": 9, "h": 13, "k": 6, "m": 23,
    "o": 2, "q": 2, "r": 11, "s": 14, "t": 2, "v": 9, "z": 2,
}  # fmt: skip
# Positions of the leader: name, values allowed, values of former times.
LEADER = {
    5: ("status of record", "acdnp", ""),
    6: ("type of record", "acdefgijkmoprt", "bhn"),
    7: ("bibliographic level", "abcdims", "p"),
    8: ("type of control", " a", ""),
    # OCLC's own levels I to M are in most records that a library copies.
    17: ("encoding level", " 1234578uzEIJKLM", "06"),
    18: ("form of cataloging", " acinu", "pr"),
    19: ("part of a set", " abc", "r2"),
}

# Fields that were taken out of the format, and what is used instead ("" where nothing is).
OBSOLETE = {
    "011": "", "087": "086", "211": "246", "212": "246", "214": "246", "241": "", "261": "260", "262": "260",
    "265": "037", "301": "300", "302": "300", "303": "300", "304": "300", "305": "300", "308": "300", "315": "",
    "350": "020 $c", "359": "", "400": "800", "410": "810", "411": "811", "440": "490 and 830", "503": "500",
    "512": "500", "517": "500", "523": "500", "527": "500", "537": "500", "543": "500", "570": "500", "582": "500",
    "652": "651", "705": "700", "715": "710", "755": "655", "840": "830", "851": "852", "870": "700", "871": "710",
    "872": "711", "873": "730",
}  # fmt: skip
# Local practice that nobody has to be told of. The format itself leaves 9XX and X9X to libraries. Add your own
# tags and subfields here.
LOCAL_TAGS = frozenset({"019", "029", "039", "049", "539", "891"})
LOCAL_SUBFIELDS = "9"


@dataclass(frozen=True, slots=True)
class Tag:
    """What the format says of a tag; indicators are None where any will do."""

    repeatable: bool
    indicators: tuple[str | None, str | None]
    once: str
    often: str
    former_indicators: tuple[str, str]
    former_subfields: str


def is_local(tag: str) -> bool:
    """Whether a tag is for a library's own use."""
    return "9" in tag[:2] or tag in LOCAL_TAGS


def _tag(line: str) -> tuple[str, Tag]:
    tag, repeats, one, two, once, often, former_one, former_two, former = line.split(" ")
    once, often, former = (part.replace("-", "") for part in (once, often, former))
    was = (_marks(former_one) or "", _marks(former_two) or "")
    return tag, Tag(repeats == "R", (_marks(one), _marks(two)), once, often, was, former)


def _marks(text: str) -> str | None:
    return None if text == "*" else text.replace("-", "").replace("#", " ")


TAGS = dict(_tag(line) for line in TABLE.split("\n") if line)
ONCE = frozenset([*CONTROL_ONCE, *(tag for tag, rule in TAGS.items() if not rule.repeatable)])
