"""Vendors' passwords: sealed for one place, opened nowhere else, and never shown."""

from __future__ import annotations

import base64
from pathlib import Path

import pytest
from django.conf import LazySettings

from techsvc.kernel import secrets
from techsvc.kernel.secrets import Secret, SecretUnreadable

PLAIN, PLACE = "correct horse", "kernel_connection|secret|brodart"


@pytest.fixture
def ring(tmp_path: Path, settings: LazySettings) -> Path:
    """A key file with one key, k1."""
    file = tmp_path / "keys"
    file.write_text(secrets.new_key_line("k1"))
    settings.VENDOR_KEYS_FILE = str(file)
    return file


def tampered(secret: Secret, at: int) -> Secret:
    """The token with one bit of its payload turned."""
    key_id, _, payload = secret.token.partition(":")
    raw = bytearray(base64.b64decode(payload))
    raw[at] ^= 1
    return Secret(f"{key_id}:{base64.b64encode(raw).decode()}")


def test_what_was_sealed_opens_where_it_belongs(ring: Path) -> None:
    secret = Secret.seal(PLAIN, place=PLACE)
    assert secret.open(place=PLACE) == PLAIN
    assert secret.key_id == "k1"
    assert PLAIN not in secret.token


def test_the_same_password_never_looks_the_same(ring: Path) -> None:
    assert Secret.seal(PLAIN, place=PLACE).token != Secret.seal(PLAIN, place=PLACE).token


def test_it_is_never_shown(ring: Path) -> None:
    secret = Secret.seal(PLAIN, place=PLACE)
    for shown in (repr(secret), str(secret), f"{secret}", repr([secret])):
        assert secret.token not in shown
        assert PLAIN not in shown
    assert (str(secret), str(Secret()), bool(Secret())) == ("set", "not set", False)
    assert secret != Secret(secret.token)


def test_none_is_set(ring: Path) -> None:
    assert Secret().open(place=PLACE) == ""


@pytest.mark.parametrize("at", [0, 11, 12, -1])
def test_a_turned_bit_is_noticed(ring: Path, at: int) -> None:
    with pytest.raises(SecretUnreadable, match="set the password again"):
        tampered(Secret.seal(PLAIN, place=PLACE), at).open(place=PLACE)


@pytest.mark.parametrize("token", ["k1:", "k1:AAAA", "k1:not base64!", "k1:" + "A" * 40, "k1"])
def test_a_mangled_token_is_refused(ring: Path, token: str) -> None:
    with pytest.raises(SecretUnreadable):
        Secret(token).open(place=PLACE)


def test_it_can_not_be_moved_to_another_row(ring: Path) -> None:
    secret = Secret.seal(PLAIN, place=PLACE)
    with pytest.raises(SecretUnreadable, match="Nothing was sent"):
        secret.open(place="kernel_connection|secret|ingram")


def test_another_key_of_the_same_name_does_not_open_it(ring: Path) -> None:
    secret = Secret.seal(PLAIN, place=PLACE)
    ring.write_text(secrets.new_key_line("k1"))
    with pytest.raises(SecretUnreadable, match="can't be read with the key file in place"):
        secret.open(place=PLACE)


def test_a_key_that_is_gone_is_named(ring: Path) -> None:
    secret = Secret.seal(PLAIN, place=PLACE)
    ring.write_text(secrets.new_key_line("k2"))
    with pytest.raises(SecretUnreadable, match="sealed with key k1, which the key file lacks"):
        secret.open(place=PLACE)


def test_the_newest_key_seals_and_the_older_ones_still_open(ring: Path) -> None:
    old = Secret.seal(PLAIN, place=PLACE)
    ring.write_text(secrets.new_key_line("k2") + ring.read_text())
    new = Secret.seal(PLAIN, place=PLACE)
    assert (old.key_id, new.key_id) == ("k1", "k2")
    assert old.open(place=PLACE) == new.open(place=PLACE) == PLAIN


@pytest.mark.parametrize(
    "content", [b"", b"k1", b"k1:AAAA", b"k1:not base64", "k1:schlüssel".encode(), b"k1:" + b"A" * 44]
)
def test_a_key_file_that_holds_no_key_fails_closed(ring: Path, content: bytes) -> None:
    ring.write_bytes(content)
    with pytest.raises(SecretUnreadable, match="holds no usable key"):
        Secret.seal(PLAIN, place=PLACE)


def test_a_key_file_that_is_gone_fails_closed(ring: Path) -> None:
    secret = Secret.seal(PLAIN, place=PLACE)
    ring.unlink()
    with pytest.raises(SecretUnreadable, match=r"can't be read \(No such file or directory\)"):
        secret.open(place=PLACE)
