# What is agreed with a customer gets a day from which it holds; what was agreed before holds for every day.

import django.db.models.deletion
import django.db.models.functions.datetime
from django.db import migrations, models

import tieout.database.company_tables
from tieout.database.company_tables import Guard

KEEP = """
insert into sales_saleagreement (company_id, customer_id, sold, transit_days, valid_from, actor_id)
select c.company_id, c.id, c.recognition, c.transit_days, date '1970-01-01',
    (select min(a.id) from access_actor a where a.company_id = c.company_id)
from sales_customer c where c.recognition <> '' or c.transit_days is not null
"""


class Migration(migrations.Migration):
    dependencies = [
        ("access", "0002_guards"),
        ("sales", "0005_indexes"),
    ]

    operations = [
        migrations.CreateModel(
            name="SaleAgreement",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "sold",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("shipment", "On Shipment"),
                            ("delivery", "On Delivery"),
                            ("invoice", "On Invoice"),
                        ],
                        max_length=8,
                    ),
                ),
                ("transit_days", models.PositiveSmallIntegerField(null=True)),
                ("valid_from", models.DateField()),
                ("at", models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
                (
                    "actor",
                    tieout.database.company_tables.CompanyForeignKey(
                        db_constraint=False,
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="access.actor",
                    ),
                ),
                (
                    "company",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="access.company",
                    ),
                ),
                (
                    "customer",
                    tieout.database.company_tables.CompanyForeignKey(
                        db_constraint=False,
                        db_index=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="sales.customer",
                    ),
                ),
            ],
            options={"abstract": False},
        ),
        migrations.RunSQL(KEEP),
        migrations.RemoveField(model_name="customer", name="recognition"),
        migrations.RemoveField(model_name="customer", name="transit_days"),
        Guard("sales", append_only=("saleagreement",), tables=("saleagreement",)),
    ]
