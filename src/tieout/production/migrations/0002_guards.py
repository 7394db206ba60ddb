from django.db import migrations

from tieout.database.company_tables import Guard


class Migration(migrations.Migration):
    dependencies = [("production", "0001_initial"), ("stock", "0002_guards")]

    operations = [Guard("production", append_only=("hourslogged",))]
