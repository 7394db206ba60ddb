import django.db.models.deletion
from django.db import migrations, models

import tieout.database.company_tables

REFERENCE = """
alter table stock_lot add constraint stock_lot_returned_movement_id_fk foreign key (company_id, returned_movement_id)
    references stock_movement (company_id, id) deferrable initially immediate
"""


class Migration(migrations.Migration):
    dependencies = [("stock", "0003_lot_rights")]

    operations = [
        migrations.AddField(
            model_name="lot",
            name="returned_movement",
            field=tieout.database.company_tables.CompanyForeignKey(
                db_constraint=False,
                db_index=False,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="stock.movement",
            ),
        ),
        migrations.AddIndex(
            model_name="lot",
            index=models.Index(
                condition=models.Q(("returned_from__isnull", False)),
                fields=["company", "returned_from"],
                name="lot_by_returned_from",
            ),
        ),
        migrations.RunSQL(REFERENCE),
    ]
