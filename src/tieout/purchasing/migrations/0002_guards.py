from django.db import migrations

from tieout.database.company_tables import Guard


class Migration(migrations.Migration):
    dependencies = [("purchasing", "0001_initial"), ("stock", "0002_guards")]

    operations = [Guard("purchasing", append_only=("receiptline",))]
