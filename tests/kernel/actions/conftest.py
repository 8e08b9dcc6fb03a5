"""People and a folder that stands for a partner's mailbox."""

from __future__ import annotations

from pathlib import Path

import pytest

from techsvc.kernel.models.exchange import Connection
from techsvc.kernel.models.people import Role, User
from techsvc.kernel.models.places import Branch


@pytest.fixture
def central() -> Branch:
    return Branch.objects.create(code="CEN", name="Central")


@pytest.fixture
def supervisor(central: Branch) -> User:
    return person("marta", "supervisor", central)


@pytest.fixture
def technician(central: Branch) -> User:
    return person("tess", "technician", central)


def person(username: str, role: str, branch: Branch) -> User:
    """A member of staff; written as rows because these tests are about the actions below people's."""
    user = User.objects.create(username=username, display_name=username.title(), branch=branch)
    user.roles.set(Role.objects.filter(code=role))
    return user


@pytest.fixture
def mailbox(tmp_path: Path) -> Path:
    """A partner's folder with in/ (ours arrive there) and out/ (theirs lie there)."""
    for name in ("in", "out"):
        (tmp_path / name).mkdir()
    return tmp_path


@pytest.fixture
def partner(mailbox: Path) -> Connection:
    return Connection.objects.create(
        code="brodart", name="Brodart", kind="folder", root=str(mailbox), outbox="in", inbox="out", reads=""
    )
