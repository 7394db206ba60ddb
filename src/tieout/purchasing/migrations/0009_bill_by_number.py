from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("purchasing", "0008_accruals_open")]

    operations = [
        migrations.AddIndex(
            model_name="bill",
            index=models.Index(fields=["company", "number"], name="bill_by_number"),
        ),
    ]
