"""Search reads text without diacritics and joining marks, and keeps the small words of titles."""

import django.contrib.postgres.indexes
from django.contrib.postgres.operations import UnaccentExtension
from django.contrib.postgres.search import SearchVector, SearchVectorField
from django.db import migrations, models

MARKS = "-/.:@<>&_'`\u2019\u2018\u02bc\u02b9\u02bb"
CONFIGURATIONS = """
CREATE TEXT SEARCH DICTIONARY catalog_stem (TEMPLATE = pg_catalog.snowball, Language = english);
CREATE TEXT SEARCH CONFIGURATION catalog_words (COPY = pg_catalog.english);
ALTER TEXT SEARCH CONFIGURATION catalog_words
  ALTER MAPPING FOR asciiword, asciihword, hword_asciipart WITH catalog_stem;
ALTER TEXT SEARCH CONFIGURATION catalog_words
  ALTER MAPPING FOR word, hword, hword_part WITH unaccent, catalog_stem;
CREATE TEXT SEARCH CONFIGURATION catalog_notes (COPY = pg_catalog.english);
ALTER TEXT SEARCH CONFIGURATION catalog_notes
  ALTER MAPPING FOR word, hword, hword_part WITH unaccent, english_stem;
"""
WITHOUT_CONFIGURATIONS = """
DROP TEXT SEARCH CONFIGURATION catalog_notes;
DROP TEXT SEARCH CONFIGURATION catalog_words;
DROP TEXT SEARCH DICTIONARY catalog_stem;
"""


def unpointed(column):
    marks, instead = models.Value(MARKS), models.Value(" " * 9)
    return models.Func(models.F(column), marks, instead, function="translate", output_field=models.TextField())


class Migration(migrations.Migration):
    dependencies = [("cataloging", "0004_duplicates_and_merging")]

    operations = [
        UnaccentExtension(),
        migrations.RunSQL(CONFIGURATIONS, WITHOUT_CONFIGURATIONS),
        migrations.RemoveIndex(model_name="record", name="cataloging_record_search"),
        migrations.RemoveField(model_name="record", name="search"),
        migrations.AddField(
            model_name="record",
            name="search",
            field=models.GeneratedField(
                db_persist=True,
                expression=SearchVector(unpointed("title"), weight="A", config="catalog_words")
                + SearchVector(unpointed("author"), weight="B", config="catalog_words")
                + SearchVector(unpointed("subjects"), weight="C", config="catalog_notes")
                + SearchVector(unpointed("extra"), unpointed("publisher"), weight="D", config="catalog_notes"),
                output_field=SearchVectorField(),
            ),
        ),
        migrations.AddIndex(
            model_name="record",
            index=django.contrib.postgres.indexes.GinIndex(fields=["search"], name="cataloging_record_search"),
        ),
        migrations.AddIndex(
            model_name="record",
            index=models.Index(fields=["pub_year"], name="cataloging_record_year"),
        ),
        migrations.AddIndex(
            model_name="record",
            index=models.Index(fields=["ddc"], name="cataloging_record_dewey", opclasses=["varchar_pattern_ops"]),
        ),
        migrations.CreateModel(
            name="Spelling",
            fields=[
                (
                    "word",
                    models.CharField(
                        db_collation="C", max_length=40, primary_key=True, serialize=False, verbose_name="word"
                    ),
                ),
                ("records", models.PositiveIntegerField(verbose_name="records")),
            ],
            options={
                "verbose_name": "spelling",
                "indexes": [
                    django.contrib.postgres.indexes.GinIndex(
                        fields=["word"], name="cataloging_spelling_near", opclasses=["gin_trgm_ops"]
                    )
                ],
            },
        ),
    ]
