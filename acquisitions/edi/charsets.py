"""Character sets of an interchange: which one a file is in, and how our text is brought into one.

UNB names the repertoire in its first component (ISO 9735): UNOA and UNOB are ASCII, UNOC to UNOK the parts of
ISO 8859, UNOW and UNOY UTF-8. Vendors' files often hold something else, so what the bytes are decides.
"""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass

CODECS = {
    "UNOA": "ascii",
    "UNOB": "ascii",
    "UNOC": "latin-1",
    "UNOD": "iso8859-2",
    "UNOE": "iso8859-5",
    "UNOF": "iso8859-7",
    "UNOG": "iso8859-3",
    "UNOH": "iso8859-4",
    "UNOI": "iso8859-6",
    "UNOJ": "iso8859-8",
    "UNOK": "iso8859-9",
    "UNOW": "utf-8",
    "UNOY": "utf-8",
}
LEVEL_A = frozenset("ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789 .,-()/='+:?!\"%&*;<>")

# Characters that no decomposition brings near ASCII.
NEAREST = {
    "\u2018": "'", "\u2019": "'", "\u201a": "'", "\u201b": "'", "\u2032": "'", "\u02bb": "'", "\u02bc": "'",
    "\u02b9": "'", "\u02ba": '"', "\u201c": '"', "\u201d": '"', "\u201e": '"', "\u2033": '"',
    "\u2010": "-", "\u2011": "-", "\u2012": "-", "\u2013": "-", "\u2014": "-", "\u2015": "-", "\u2212": "-",
    "\u2022": "*", "\u2044": "/", "\u2117": "(P)", "\u266d": "b", "\u266f": "#", "\u20ac": "EUR",
    "\u0141": "L", "\u0142": "l", "\u0110": "D", "\u0111": "d", "\u0131": "i", "\u0152": "OE", "\u0153": "oe",
    "\u0126": "H", "\u0127": "h", "\u0166": "T", "\u0167": "t", "\u014a": "Ng", "\u014b": "ng", "\u1e9e": "SS",
    "\u01a0": "O", "\u01a1": "o", "\u01af": "U", "\u01b0": "u", "\u0259": "e", "\u018f": "E",
    "\u00d8": "O", "\u00f8": "o", "\u00c6": "AE", "\u00e6": "ae", "\u00df": "ss", "\u00d0": "D", "\u00f0": "d",
    "\u00de": "Th", "\u00fe": "th", "\u00a3": "GBP", "\u00a9": "(C)", "\u00ae": "(R)", "\u00ab": '"', "\u00bb": '"',
    "\u00a1": "!", "\u00bf": "?", "\u00b7": "*", "\u00d7": "x", "\u00b0": "o", "\u00a7": "S",
}  # fmt: skip
CYRILLIC = {
    "а": "a", "б": "b", "в": "v", "г": "g", "д": "d", "е": "e", "ё": "e", "ж": "zh", "з": "z", "и": "i", "й": "i",
    "к": "k", "л": "l", "м": "m", "н": "n", "о": "o", "п": "p", "р": "r", "с": "s", "т": "t", "у": "u", "ф": "f",
    "х": "kh", "ц": "ts", "ч": "ch", "ш": "sh", "щ": "shch", "ъ": "'", "ы": "y", "ь": "'", "э": "e", "ю": "iu",
    "я": "ia", "і": "i", "ї": "i", "є": "ie", "ґ": "g",
}  # fmt: skip
GREEK = {
    "α": "a", "β": "v", "γ": "g", "δ": "d", "ε": "e", "ζ": "z", "η": "e", "θ": "th", "ι": "i", "κ": "k", "λ": "l",
    "μ": "m", "ν": "n", "ξ": "x", "ο": "o", "π": "p", "ρ": "r", "σ": "s", "ς": "s", "τ": "t", "υ": "y", "φ": "ph",
    "χ": "ch", "ψ": "ps", "ω": "o",
}  # fmt: skip
SCRIPTS = CYRILLIC | GREEK
LETTERS = NEAREST | SCRIPTS | {lower.upper(): latin.capitalize() for lower, latin in SCRIPTS.items()}


@dataclass(frozen=True, slots=True)
class Decoded:
    """Text of a file, the codec that read it (always one that ASCII bytes are plain in), and a remark or ""."""

    text: str
    codec: str
    remark: str = ""


def decode_text(data: bytes, repertoire: str) -> Decoded:
    """Read bytes by the repertoire that UNB names, or by what they plainly are when they contradict it."""
    if data.isascii():
        return Decoded(data.decode("ascii"), CODECS.get(repertoire, "latin-1"))
    stated = CODECS.get(repertoire, "latin-1")
    try:
        text = data.decode("utf-8")
    except UnicodeDecodeError as why:
        if why.reason != "unexpected end of data":
            return _single_byte(data, stated, repertoire)
        text = data[: why.start].decode("utf-8")
    remark = "" if stated == "utf-8" else f"The file says {repertoire or 'no character set'} but is in UTF-8."
    return Decoded(text, "utf-8", remark)


def _single_byte(data: bytes, stated: str, repertoire: str) -> Decoded:
    """Bytes that are not UTF-8: ISO 8859 as stated, Windows-1252 where Latin-1 would give control characters."""
    if stated not in ("ascii", "utf-8", "latin-1"):
        return Decoded(data.decode(stated, errors="replace"), stated)
    remark = "" if stated == "latin-1" else f"The file says {repertoire} but is in Latin-1."
    if any(0x80 <= byte <= 0x9F for byte in data):
        try:
            return Decoded(data.decode("cp1252"), "cp1252", f"The file says {repertoire} but is in Windows-1252.")
        except UnicodeDecodeError:
            pass
    return Decoded(data.decode("latin-1"), "latin-1", remark)


def transliterate(text: str, repertoire: str = "UNOC") -> str:
    """The text with every character brought into the repertoire: itself, else its nearest ASCII, else "?".

    Control characters and line breaks become blanks.
    """
    codec = CODECS[repertoire]
    if text.isascii() and text.isprintable() and repertoire != "UNOA":
        return text
    composed = unicodedata.normalize("NFC", text)
    plain = "".join(_nearest(character, codec) for character in composed)
    return "".join(c if c in LEVEL_A else " " for c in plain.upper()) if repertoire == "UNOA" else plain


def _nearest(character: str, codec: str) -> str:
    category = unicodedata.category(character)
    if category in ("Cc", "Zl", "Zp", "Zs"):
        return " "
    if category in ("Cf", "Mn"):
        return ""
    if category != "Cs" and _fits(character, codec):
        return character
    if character in LETTERS:
        return LETTERS[character]
    bare = "".join(c for c in unicodedata.normalize("NFKD", character) if not unicodedata.combining(c))
    if bare and bare != character:
        return "".join(_nearest(c, codec) for c in bare)
    return "?"


def _fits(character: str, codec: str) -> bool:
    try:
        character.encode(codec)
    except UnicodeEncodeError:
        return False
    return True
