from django.db import migrations

from tieout.database.company_tables import Guard


class Migration(migrations.Migration):
    dependencies = [("purchasing", "0003_bills")]

    operations = [
        Guard(
            "purchasing",
            tables=("product", "bill", "billline", "clearing", "billlineverdict", "orderlinelink", "ordersending"),
            append_only=("clearing", "billlineverdict"),
        )
    ]
