from django.db import migrations

from tieout.database.company_tables import Guard

COMPANIES = """
create function quickbooks_companies(realms text[])
returns table (company_id bigint, realm varchar, base_url varchar)
language sql stable security definer set search_path = public as $$
    select c.company_id, c.realm, c.base_url from quickbooks_connection c
    where c.realm = any(realms) and c.state <> 'disconnected'
$$;
revoke all on function quickbooks_companies(text[]) from public;
grant execute on function quickbooks_companies(text[]) to tieout_app;
"""
"""Which companies these QuickBooks companies are connected to: the one question that is asked before it is known
whose rows may be seen, when a webhook comes."""


class Migration(migrations.Migration):
    dependencies = [("quickbooks", "0003_inbound")]

    operations = [
        Guard("quickbooks", tables=("consent", "cursor", "document")),
        migrations.RunSQL(COMPANIES, migrations.RunSQL.noop),
    ]
