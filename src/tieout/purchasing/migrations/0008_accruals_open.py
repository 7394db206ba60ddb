from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("purchasing", "0007_what_is_open")]

    operations = [
        migrations.AddIndex(
            model_name="accrualstate",
            index=models.Index(
                condition=models.Q(("settled_on__isnull", True)),
                fields=["company", "supplier"],
                name="accrual_state_open",
            ),
        ),
    ]
