"""Check a file of MARC records without loading it."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from django.core.management import CommandError
from django.core.management.base import BaseCommand, CommandParser

from cataloging.marc import files
from cataloging.rules.checking import Count, Finding, findings
from techsvc.kernel.errors import BadInput


class Command(BaseCommand):
    """manage.py check_marc FILE [--json]"""

    help = "Say what is wrong in a file of MARC records and where: what can't be read, and what MARC 21 does not allow."
    requires_system_checks = ()

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("file", type=Path, help=f"a file of records: {files.ACCEPTED}")
        parser.add_argument("--json", action="store_true", help="one JSON object instead of lines")

    def handle(self, **options: Any) -> None:
        path, count = options["file"], Count()
        try:
            body = path.read_bytes()
            found = list(findings(body, path.name, count))
        except OSError as error:
            raise CommandError(f"{path} can't be opened: {error.strerror}.") from error
        except BadInput as error:
            raise CommandError(f"{path} can't be read. {error.text}") from error
        unaccounted = files.size(body) - count.bytes
        if options["json"]:
            self.stdout.write(_as_json(path, len(body), unaccounted, count.records, found))
            return
        for finding in found:
            self.stdout.write(_line(finding))
        self.stdout.write(
            f"{path.name}: {len(body):,} bytes, {unaccounted:,} of them unaccounted for; {count.records:,} records, "
            f"{len(found):,} findings."
        )


def _as_json(path: Path, size: int, unaccounted: int, records: int, found: list[Finding]) -> str:
    return json.dumps(
        {
            "file": str(path),
            "bytes": size,
            "bytes_unaccounted": unaccounted,
            "records": records,
            "findings": [_entry(finding) for finding in found],
        },
        ensure_ascii=False,
    )


def _entry(finding: Finding) -> dict[str, Any]:
    fault = finding.fault
    return {
        "record": finding.record,
        "offset": finding.offset,
        "severity": str(fault.severity),
        "tag": fault.tag,
        "ordinal": fault.ordinal,
        "text": fault.text,
    } | ({"member": finding.member} if finding.member else {})


def _line(finding: Finding) -> str:
    fault = finding.fault
    where = f"{finding.member}, " if finding.member else ""
    field = f", {fault.tag}" if fault.tag else ""
    return f"{where}record {finding.record} (byte {finding.offset:,}{field}): {fault.severity}: {fault.text}"
