from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("ledger", "0004_recognition")]

    operations = [
        migrations.AlterField(
            model_name="event",
            name="kind",
            field=models.CharField(
                choices=[
                    ("receipt", "Receipt"),
                    ("issue", "Issue"),
                    ("issue return", "Issue Return"),
                    ("hours", "Hours"),
                    ("run report", "Run Report"),
                    ("shipment", "Shipment"),
                    ("recognition", "Recognition"),
                    ("transfer out", "Transfer Out"),
                    ("transfer in", "Transfer In"),
                    ("move", "Move"),
                    ("count", "Count"),
                    ("scrap", "Scrap"),
                    ("found goods", "Found"),
                    ("opening", "Opening"),
                    ("reversal", "Reversal"),
                    ("late cost", "Late Cost"),
                    ("supplier return", "Supplier Return"),
                    ("vendor credit", "Vendor Credit"),
                    ("customer return", "Customer Return"),
                    ("write-down", "Write Down"),
                ],
                max_length=20,
            ),
        ),
    ]
