from django.db import migrations

from tieout.database.company_tables import Guard

TABLES = ("remedy", "reconciliation", "reconciledaccount", "reconciledterm")


class Migration(migrations.Migration):
    dependencies = [("quickbooks", "0005_reconciliation")]

    operations = [Guard("quickbooks", append_only=TABLES, tables=TABLES)]
