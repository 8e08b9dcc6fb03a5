"""The bibliographic record: kept whole as MARC, with projected columns beside it."""

from __future__ import annotations

from django.contrib.postgres.indexes import GinIndex, OpClass
from django.contrib.postgres.search import SearchVector, SearchVectorField
from django.db import models
from django.db.models.functions import Upper
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

STATES = ("brief", "full", "withdrawn")
# How the index reads text: English stems without diacritics. Titles and names keep words like "it" and "the", by which
# some are known; subjects and notes, where such words only fill the index, do not.
WORDS, NOTES = "catalog_words", "catalog_notes"


# Marks that PostgreSQL would join words by ("1939-1945", "and/or"), then those that it would cut one by ("O'Brien").
JOINING, CUTTING = "-/.:@<>&_", "'`\u2019\u2018\u02bc\u02b9\u02bb"


def unpointed(column: str) -> models.Func:
    """A column's text with the words apart that are words of their own, and those whole that are one."""
    marks, instead = models.Value(JOINING + CUTTING), models.Value(" " * len(JOINING))
    return models.Func(models.F(column), marks, instead, function="translate", output_field=models.TextField())


class Record(models.Model):
    """One title as the library describes it.

    `raw` is the truth: UTF-8 ISO 2709. Every other column is projected from it by cataloging.marc.record
    and only there. `version` counts the changes; each version's bytes are kept in RecordVersion.
    """

    raw = models.BinaryField(_("MARC"))
    version = models.PositiveIntegerField(_("version"), default=1)
    state = models.CharField(_("state"), max_length=10, default="brief")
    suppressed = models.BooleanField(_("hidden from patrons"), default=False)
    format = models.CharField(_("format"), max_length=20)
    language = models.CharField(_("language"), max_length=3, blank=True)
    pub_year = models.PositiveSmallIntegerField(_("year"), null=True, blank=True)
    title = models.TextField(_("title"))
    title_sort = models.TextField(db_collation="C")
    author = models.TextField(_("author"), blank=True)
    edition = models.TextField(_("edition"), blank=True)
    publisher = models.TextField(_("publisher"), blank=True)
    isbn = models.CharField(_("ISBN"), max_length=13, blank=True)
    control_no = models.CharField(_("control number"), max_length=60, blank=True)
    control_org = models.CharField(max_length=30, blank=True)
    ddc = models.CharField(_("Dewey number"), max_length=60, blank=True)
    lcc = models.CharField(_("LC call number"), max_length=80, blank=True)
    subjects = models.TextField(_("subjects"), blank=True)
    extra = models.TextField(blank=True, help_text="Other searchable words: series, notes, added names")
    search = models.GeneratedField(
        expression=SearchVector(unpointed("title"), weight="A", config=WORDS)
        + SearchVector(unpointed("author"), weight="B", config=WORDS)
        + SearchVector(unpointed("subjects"), weight="C", config=NOTES)
        + SearchVector(unpointed("extra"), unpointed("publisher"), weight="D", config=NOTES),
        output_field=SearchVectorField(),
        db_persist=True,
    )
    merged_into = models.ForeignKey(
        "self",
        models.PROTECT,
        null=True,
        blank=True,
        db_index=False,
        related_name="merged",
        verbose_name=_("merged into"),
    )
    created_at = models.DateTimeField(_("added"))
    updated_at = models.DateTimeField(_("changed"))

    class Meta:
        ordering = ("title_sort", "id")
        verbose_name = _("bibliographic record")
        indexes = (
            GinIndex(fields=("search",), name="cataloging_record_search"),
            GinIndex(OpClass(Upper("title"), name="gin_trgm_ops"), name="cataloging_record_trigram"),
            models.Index(fields=("title_sort",), name="cataloging_record_title"),
            models.Index(fields=("format", "pub_year"), name="cataloging_record_format"),
            models.Index(fields=("updated_at",), name="cataloging_record_changed"),
            models.Index(fields=("pub_year",), name="cataloging_record_year"),
            models.Index(fields=("ddc",), name="cataloging_record_dewey", opclasses=["varchar_pattern_ops"]),
            models.Index(
                fields=("merged_into",),
                condition=models.Q(merged_into__isnull=False),
                name="cataloging_record_merged",
            ),
        )
        constraints = (
            models.CheckConstraint(condition=models.Q(state__in=STATES), name="cataloging_record_state"),
            models.CheckConstraint(
                condition=models.Q(merged_into=None) | models.Q(state="withdrawn"),
                name="cataloging_record_merged_away",
            ),
        )

    def __str__(self) -> str:
        return self.title

    def get_absolute_url(self) -> str:
        return reverse("cataloging:record", args=[self.pk])


class MatchKey(models.Model):
    """A fact by which two descriptions may be known to be of one title ("isbn", "lccn", "oclc", "upc", "title" …).

    Derived from the record's bytes and written with them, so the database doesn't check the record again.
    """

    kind = models.CharField(max_length=12)
    key = models.CharField(max_length=200, db_collation="C")
    record = models.ForeignKey(Record, models.CASCADE, related_name="match_keys", db_constraint=False)

    class Meta:
        verbose_name = _("match key")
        constraints = (models.UniqueConstraint(fields=("key", "kind", "record"), name="cataloging_match_key_once"),)

    def __str__(self) -> str:
        return f"{self.kind} {self.key}"


class Heading(models.Model):
    """A name, subject, title, series or genre under which a record is found in a browse list, as MARC writes it.

    Derived from the record's bytes and written with them, as match keys are.
    """

    kind = models.CharField(max_length=8)
    tag = models.CharField(max_length=3)
    text = models.TextField(_("heading"))
    sort = models.CharField(max_length=200, db_collation="C")
    record = models.ForeignKey(Record, models.CASCADE, related_name="headings", db_constraint=False)

    class Meta:
        ordering = ("kind", "sort")
        verbose_name = _("heading")
        indexes = (models.Index(fields=("kind", "sort", "record"), name="cataloging_heading_browse"),)

    def __str__(self) -> str:
        return self.text


class RecordVersion(models.Model):
    """The bytes of one version of a record, compressed; only ever added to.

    No foreign key to the record: history has to outlive it.
    """

    record_id = models.BigIntegerField(db_index=True)
    version = models.PositiveIntegerField(_("version"))
    raw = models.BinaryField(help_text="zlib-compressed ISO 2709")
    state = models.CharField(max_length=10)
    source = models.CharField(_("source"), max_length=60)
    at = models.DateTimeField(_("when"))

    class Meta:
        ordering = ("-version",)
        verbose_name = _("record version")
        constraints = (models.UniqueConstraint(fields=("record_id", "version"), name="cataloging_version_once"),)

    def __str__(self) -> str:
        return f"{self.record_id} v{self.version}"


class Spelling(models.Model):
    """A word of the catalog's titles, names and subjects and how many records have it, to guess what was meant by a
    word that none has. Gathered anew every night.
    """

    word = models.CharField(_("word"), max_length=40, primary_key=True, db_collation="C")
    records = models.PositiveIntegerField(_("records"))

    class Meta:
        verbose_name = _("spelling")
        indexes = (GinIndex(fields=("word",), name="cataloging_spelling_near", opclasses=["gin_trgm_ops"]),)

    def __str__(self) -> str:
        return self.word
