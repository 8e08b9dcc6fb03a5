"""History and policies are only ever added to: the database says so to everybody."""

from django.conf import settings
from django.db import migrations

TABLES = ("kernel_historyevent", "kernel_policy")

REFUSE = """
CREATE FUNCTION techsvc_append_only() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'Rows of % are only ever added: % is refused. Make the opposite entry instead.',
        TG_TABLE_NAME, TG_OP USING ERRCODE = 'restrict_violation';
END $$;
"""

TRIGGERS = (
    "CREATE TRIGGER append_only BEFORE UPDATE OR DELETE ON {table} FOR EACH ROW EXECUTE FUNCTION techsvc_append_only()",
    "CREATE TRIGGER no_truncate BEFORE TRUNCATE ON {table} EXECUTE FUNCTION techsvc_append_only()",
)


def protect(apps, schema_editor):
    role = schema_editor.connection.ops.quote_name(settings.DATABASE_APP_ROLE)
    for table in TABLES:
        for trigger in TRIGGERS:
            schema_editor.execute(trigger.format(table=table))
        if settings.DATABASE_APP_ROLE != settings.DATABASE_OWNER_ROLE:
            schema_editor.execute(f"REVOKE UPDATE, DELETE, TRUNCATE ON {table} FROM {role}")


def release(apps, schema_editor):
    for table in TABLES:
        schema_editor.execute(f"DROP TRIGGER append_only ON {table}")
        schema_editor.execute(f"DROP TRIGGER no_truncate ON {table}")


class Migration(migrations.Migration):
    dependencies = [("kernel", "0001_begin")]

    operations = [
        migrations.RunSQL(REFUSE, "DROP FUNCTION techsvc_append_only()"),
        migrations.RunPython(protect, release),
    ]
