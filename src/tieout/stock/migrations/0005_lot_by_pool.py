from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("stock", "0004_returned_movement")]

    operations = [
        migrations.AddIndex(
            model_name="lot",
            index=models.Index(
                condition=models.Q(("pool__isnull", False)), fields=["company", "pool"], name="lot_by_pool"
            ),
        ),
    ]
