"""The ledger is only ever added to, and at commit the entries of every transaction sum to zero."""

from django.conf import settings
from django.db import migrations

TABLES = ("acquisitions_ledgertransaction", "acquisitions_ledgerentry")

BALANCE = """
CREATE FUNCTION techsvc_ledger_balances() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    off_by bigint;
    sides integer;
BEGIN
    SELECT coalesce(sum(amount_minor), 0), count(*) INTO off_by, sides
    FROM acquisitions_ledgerentry WHERE transaction_id = NEW.transaction_id;
    IF off_by <> 0 OR sides < 2 THEN
        RAISE EXCEPTION 'Ledger transaction % has % entries that sum to %, not to zero.',
            NEW.transaction_id, sides, off_by USING ERRCODE = 'check_violation';
    END IF;
    RETURN NULL;
END $$;
CREATE CONSTRAINT TRIGGER ledger_balances AFTER INSERT ON acquisitions_ledgerentry
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION techsvc_ledger_balances();
"""
UNBALANCE = "DROP TRIGGER ledger_balances ON acquisitions_ledgerentry; DROP FUNCTION techsvc_ledger_balances();"

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
    dependencies = [("acquisitions", "0001_begin"), ("kernel", "0002_append_only")]

    operations = [
        migrations.RunSQL(BALANCE, UNBALANCE),
        migrations.RunPython(protect, release),
    ]
