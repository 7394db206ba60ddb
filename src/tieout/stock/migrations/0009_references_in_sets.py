from django.db import migrations

from tieout.database.references import CheckReferencesInSets


class Migration(migrations.Migration):
    dependencies = [("stock", "0008_picking_order"), ("ledger", "0009_lines_in_sets")]

    operations = [CheckReferencesInSets("stock", tables=("movement", "balance"))]
