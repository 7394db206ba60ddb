from django.db import migrations

from tieout.database.company_tables import Guard


class Migration(migrations.Migration):
    dependencies = [("quickbooks", "0001_initial"), ("access", "0002_guards"), ("ledger", "0002_guards")]

    operations = [Guard("quickbooks")]
