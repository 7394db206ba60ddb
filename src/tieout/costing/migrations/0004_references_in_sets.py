from django.db import migrations

from tieout.database.references import CheckReferencesInSets


class Migration(migrations.Migration):
    dependencies = [("costing", "0003_landed_cost"), ("stock", "0009_references_in_sets")]

    operations = [CheckReferencesInSets("costing", tables=("composition", "poolshare"))]
