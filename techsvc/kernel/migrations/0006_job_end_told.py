"""Jobs note when the person who began them was told how they ended; ends from before count as told."""

from django.db import migrations, models
from django.db.models import F


def count_old_ends_as_told(apps, _schema_editor):
    apps.get_model("kernel", "Job").objects.filter(finished_at__isnull=False).update(told_at=F("finished_at"))


class Migration(migrations.Migration):
    dependencies = [
        ("kernel", "0005_calendar"),
    ]

    operations = [
        migrations.AddField(
            model_name="job",
            name="told_at",
            field=models.DateTimeField(blank=True, null=True, verbose_name="end told"),
        ),
        migrations.RunPython(count_old_ends_as_told, migrations.RunPython.noop),
    ]
