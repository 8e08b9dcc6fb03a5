"""Long files are kept in parts."""

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("kernel", "0007_barcode_rules"),
    ]

    operations = [
        migrations.CreateModel(
            name="IncomingPart",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("number", models.PositiveIntegerField()),
                ("body", models.BinaryField(verbose_name="content")),
                (
                    "incoming",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="parts", to="kernel.incoming"
                    ),
                ),
            ],
            options={
                "verbose_name": "part of an incoming file",
                "ordering": ("number",),
                "constraints": [
                    models.UniqueConstraint(fields=("incoming", "number"), name="kernel_incoming_part_once")
                ],
            },
        ),
    ]
