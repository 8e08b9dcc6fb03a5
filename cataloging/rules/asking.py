"""What somebody typed into the search box of the catalog, taken apart: words, phrases, fields, OR, minus, years.

Nothing that can be typed is an error: whatever is no operator is a word.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace

# How people write the name of a field → the field. The two-letter ones are those of Connexion and Z39.50 clients.
FIELDS = {
    name: field
    for field, names in {
        "title": "ti title",
        "author": "au author name",
        "subject": "su subject",
        "series": "se series",
        "genre": "ge genre",
        "publisher": "pb pub publisher",
        "isbn": "isbn",
        "year": "yr year",
        "language": "lang language",
        "dewey": "dewey ddc",
        "call": "call",
        "number": "no number",
    }.items()
    for name in names.split()
}
# Fields of which a whole heading can be asked with "=": su="Cats -- Fiction".
HEADINGS = frozenset({"title", "author", "subject", "series", "genre"})
# Words that say nothing by themselves; they are asked for only in phrases and when there are no others.
STOP_LIST = (
    "i me my we our ours you your yours he him his she her hers it its they them their theirs what which who whom this "
    "that these those am is are was were be been being have has had having do does did doing a an the and but if or "
    "because as until while of at by for with about against between into through during before after above below to "
    "from up down in out on off over under again further then once here there when where why how all any both each few "
    "more most other some such no nor not only own same so than too very s t can will just don should now"
)
STOP_WORDS = frozenset(STOP_LIST.split())
LONGEST, MOST_TERMS, SHORTEST_BEGINNING = 200, 20, 2
APOSTROPHES = "'\u2018\u2019\u02bc\u02b9\u02bb`\u00b4"
QUOTES = str.maketrans(dict.fromkeys("\u201c\u201d\u201e\u00ab\u00bb", '"'))
WITHOUT_APOSTROPHES = str.maketrans(dict.fromkeys(APOSTROPHES, ""))
NOT_WORD = re.compile(r"[\W_]+")
PIECE = re.compile(
    r"""(?P<minus>-?)
        (?:(?P<field>[A-Za-z]{2,9})(?P<mark>[:=])[ ]?)?
        (?:"(?P<phrase>[^"]*)(?:"|$)|(?P<word>[^\s"]+))""",
    re.VERBOSE,
)
YEARS = re.compile(r"(?P<first>[0-9]{4})?(?P<dash>-)?(?P<last>[0-9]{4})?")
YEAR = re.compile(r"1[4-9][0-9]{2}|20[0-9]{2}")


@dataclass(frozen=True, slots=True)
class Term:
    """One thing asked for: `words` to be found, next to each other in a phrase; `text` is how it was typed."""

    text: str
    words: tuple[str, ...]
    field: str = ""
    phrase: bool = False
    beginning: bool = False
    whole: bool = False
    unwanted: bool = False

    @property
    def years(self) -> tuple[int | None, int | None] | None:
        """The first and the last year that "1990-2000", "1990-" or "1995" name; None where it names none."""
        found = YEARS.fullmatch(self.text.strip())
        if found is None or not (found["first"] or found["last"]):
            return None
        first, last = (int(found[name]) if found[name] else None for name in ("first", "last"))
        return (first, last) if found["dash"] else (first, first)

    @property
    def is_year(self) -> bool:
        """Whether it is a word that may be meant as a year."""
        return not self.field and not self.phrase and YEAR.fullmatch(self.text) is not None

    @property
    def is_small(self) -> bool:
        """Whether it is a word that says nothing by itself."""
        return not (self.field or self.phrase or self.beginning) and self.words[0] in STOP_WORDS


@dataclass(frozen=True, slots=True)
class Question:
    """All that is asked: every one of the groups has to be found by one of its terms, and none of the unwanted."""

    groups: tuple[tuple[Term, ...], ...] = ()
    unwanted: tuple[Term, ...] = ()

    def __bool__(self) -> bool:
        return bool(self.groups or self.unwanted)


def read(text: str) -> Question:
    """The question in a text.

    >>> [term.words for term in read('"little house" wilder').groups[0]]
    [('little', 'house')]
    """
    groups: list[list[Term]] = []
    joins = False
    for piece in _pieces(text):
        if piece is None:
            joins = bool(groups)
        elif joins and not piece.unwanted:
            groups[-1].append(piece)
            joins = False
        else:
            groups.append([piece])
            joins = False
    wanted = [tuple(group) for group in groups if not group[0].unwanted]
    return Question(_telling(wanted), tuple(group[0] for group in groups if group[0].unwanted))


def _telling(groups: list[tuple[Term, ...]]) -> tuple[tuple[Term, ...], ...]:
    """The groups that say something; all of them when none does ("it", "the who")."""
    telling = tuple(group for group in groups if not all(term.is_small for term in group))
    return telling or tuple(groups)


def _pieces(text: str) -> Iterator[Term | None]:
    """Each term of a text; None stands for OR."""
    clean = unicodedata.normalize("NFC", text.replace("\x00", "")[:LONGEST]).translate(QUOTES)
    for number, found in enumerate(PIECE.finditer(clean)):
        if number == MOST_TERMS:
            return
        if found["word"] in ("OR", "or", "|") and not found["field"] and not found["minus"]:
            yield None
        else:
            yield from _terms(found)


def _terms(found: re.Match[str]) -> Iterator[Term]:
    """The term that a piece is; the words by themselves where its field is none."""
    phrase, text = found["phrase"] is not None, found["phrase"] or found["word"] or ""
    field = FIELDS.get((found["field"] or "").lower(), "")
    if found["field"] and not field:
        text, phrase = f"{found['field']} {text}", True
    beginning = text.endswith("*") and not phrase
    words = folded(text)
    if not words:
        return
    yield Term(
        text=text.strip(),
        words=words,
        field=field,
        phrase=phrase or len(words) > 1,
        beginning=beginning and len(words[-1]) >= SHORTEST_BEGINNING,
        whole=found["mark"] == "=" and field in HEADINGS,
        unwanted=bool(found["minus"]),
    )


def folded(text: str) -> tuple[str, ...]:
    """The words of a text as the index of the catalog has them: without punctuation; apostrophes leave no gap.

    Capitals and diacritics are folded by the index's own dictionaries, on both sides alike.
    """
    return tuple(NOT_WORD.sub(" ", text.translate(WITHOUT_APOSTROPHES)).split())


def as_typed(question: Question, instead: dict[str, str]) -> str:
    """The question as a person would type it, with some of its words replaced."""
    groups = (" OR ".join(_typed(_replaced(term, instead)) for term in group) for group in question.groups)
    return " ".join([*groups, *(f"-{_typed(term)}" for term in question.unwanted)])


def _replaced(term: Term, instead: dict[str, str]) -> Term:
    words = tuple(instead.get(word.lower(), word) for word in term.words)
    return term if words == term.words else replace(term, text=" ".join(words), words=words)


def _typed(term: Term) -> str:
    quoted = f'"{term.text}"' if " " in term.text else term.text
    return f"{term.field}{'=' if term.whole else ':'}{quoted}" if term.field else quoted


def heading(field: str, text: str) -> str:
    """What to type to find the records under exactly this heading."""
    return f'{field}="{text.replace(chr(34), "")}"'


def plain_words(question: Question) -> Iterable[str]:
    """The words that may be misspelt: those in title, author and subject."""
    for group in question.groups:
        for term in group:
            if term.field in ("", *HEADINGS) and not term.whole and not term.beginning:
                yield from (word.lower() for word in term.words if word.isalpha() and word.lower() not in STOP_WORDS)
