"""`manage.py demo`: fills an empty database with the demo library, or makes it anew, and tells how to sign in."""

from __future__ import annotations

from argparse import ArgumentParser
from typing import Any

from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError
from django.db import connection
from django.db.migrations.executor import MigrationExecutor
from psycopg2.errors import InsufficientPrivilege, ObjectInUse

from techsvc.kernel.models.people import User
from techsvc.kernel.models.places import Branch
from techsvc.workroom.demo import keeping, samples, tables
from techsvc.workroom.demo.filling import fill
from techsvc.workroom.demo.partners import Partners, partners


class Command(BaseCommand):
    help = "Fill an empty database with the demo library: a year of a made-up library system's work on real titles."

    def add_arguments(self, parser: ArgumentParser) -> None:
        choice = parser.add_mutually_exclusive_group()
        choice.add_argument("--if-empty", action="store_true", help="do nothing when there are rows already")
        choice.add_argument("--recreate", action="store_true", help="throw the database away and make the demo anew")
        choice.add_argument("--logins", action="store_true", help="only say how to sign in, and where the samples are")

    def handle(self, *args: Any, if_empty: bool, recreate: bool, logins: bool, **options: Any) -> None:
        if logins:
            self.stdout.write(how_to_sign_in())
            return
        if has_rows() and not (recreate and is_demo()):
            if if_empty:
                return
            raise CommandError(
                "The database holds a demo already. `manage.py demo --recreate` throws it away and makes it anew."
                if is_demo()
                else "The database holds a library that is not the demo, so nothing was done. Use another database: "
                "DATABASE_URL, or TECHSVC_VAR for the built-in one."
            )
        self.make(partners(), recreate=recreate)
        samples.write()
        self.stdout.write(how_to_sign_in())

    def make(self, where: Partners, *, recreate: bool) -> None:
        """By a copy of the kept demo; where that can't be put in place, into the empty tables as they are."""
        try:
            keeping.put_in_place(where, migrated=not recreate and not pending_migrations())
        except (ObjectInUse, InsufficientPrivilege) as problem:
            if recreate and has_rows():
                raise CommandError(REASONS[type(problem)] % problem) from problem
            call_command("migrate", verbosity=0, interactive=False)
            fill(where)


REASONS = {
    ObjectInUse: "Somebody uses the library's database. Stop `make run` first, then try again. (%s)",
    InsufficientPrivilege: "The database's owner may not make databases, so the old one can't be replaced. (%s)",
}


def pending_migrations() -> bool:
    """Whether the tables are not those of this code."""
    executor = MigrationExecutor(connection)
    return bool(executor.migration_plan(executor.loader.graph.leaf_nodes()))


def has_rows() -> bool:
    """Whether somebody has begun to work here."""
    if Branch._meta.db_table not in connection.introspection.table_names():
        return False
    return Branch.objects.exists() or User.objects.filter(is_system=False).exists()


def is_demo() -> bool:
    """Whether everybody of the demo library, and nobody else's branch, is here."""
    staff = User.objects.filter(username__in=[role for role, *_words in tables.STAFF])
    strange = Branch.objects.exclude(code__in=[code for code, *_words in tables.BRANCHES])
    return staff.count() == len(tables.STAFF) and not strange.exists()


def how_to_sign_in() -> str:
    """One line for each role, and where the sample files are; empty in a library that is no demo."""
    if not is_demo():
        return ""
    return "\n".join(
        [
            f"Sign in with one of these user names; the password of each is {tables.PASSWORD}",
            *(f"  {role:<12}{name}" for role, name, _branch in tables.STAFF),
            "",
            f"To try: upload {samples.shown(samples.CART)} as a cart of Brodart, map its codes, and order it:",
            "the practice vendor answers within a minute or two, or at once when its connection is fetched by hand.",
            f"The full records of the same titles are in {samples.shown(samples.RECORDS)}.",
        ]
    )
