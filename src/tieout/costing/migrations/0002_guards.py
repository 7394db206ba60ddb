from django.db import migrations

from tieout.database.company_tables import Guard


class Migration(migrations.Migration):
    dependencies = [("costing", "0001_initial"), ("stock", "0002_guards")]

    operations = [Guard("costing", append_only=("composition", "poolshare"))]
