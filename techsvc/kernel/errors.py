"""Refusals: what a person may be told, as opposed to what went wrong in the program."""

from __future__ import annotations


class Refusal(Exception):
    """An act that the rules do not allow; its text is shown to the person as it stands.

    The text says what, why and what to do next: "Line 4 can't be received: it was cancelled
    on 3 March. Reopen it first." `field` names the form field that it belongs to, if one does.
    """

    def __init__(self, text: str, *, field: str | None = None) -> None:
        super().__init__(text)
        self.text = text
        self.field = field


class Forbidden(Refusal):
    """The person has no right to do this."""


class Stale(Refusal):
    """The row was changed by somebody else since it was read."""


class BadInput(Refusal):
    """A file or message that can't be read as what it should be.

    `offset` is the byte position in the file (0-based), `record` the ordinal of the record,
    segment or message in it (1-based); both are part of the text as well.
    """

    def __init__(self, text: str, *, offset: int | None = None, record: int | None = None) -> None:
        super().__init__(text)
        self.offset = offset
        self.record = record
