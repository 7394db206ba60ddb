from django.db import migrations

# What a lot is, whose it is and where it came from is history. Only its papers may be found later.
RIGHTS = """
revoke update, delete on stock_lot from tieout_app;
grant update (unverified, supplier_id) on stock_lot to tieout_app
"""


class Migration(migrations.Migration):
    dependencies = [("stock", "0002_guards")]

    operations = [migrations.RunSQL(RIGHTS)]
