from django.db import migrations

from tieout.database.company_tables import Guard

APPEND_ONLY_FUNCTION = """
create function tieout_append_only() returns trigger language plpgsql as $$
begin
    raise exception '% is append-only: rows are corrected by new rows, never changed', tg_table_name
        using errcode = 'restrict_violation';
end $$
"""

# Numbers that people see. Sequences, not rows: nobody waits for a number, and a refused act leaves a gap.
NUMBER_FUNCTION = """
create function tieout_number(p_company bigint, p_series text) returns bigint
language plpgsql security definer set search_path = public as $$
declare
    name text := format('number_%s_%s', p_company, lower(p_series));
begin
    if p_company is distinct from nullif(current_setting('tieout.company', true), '')::bigint
            or p_series !~ '^[A-Z]{2,8}$' then
        raise exception 'no numbers of series % for company %', p_series, p_company;
    end if;
    if to_regclass(name) is null then
        perform pg_advisory_xact_lock(hashtext(name));
        execute format('create sequence if not exists %I', name);
    end if;
    return nextval(name);
end $$
"""


class Migration(migrations.Migration):
    dependencies = [("access", "0001_initial")]

    operations = [
        migrations.RunSQL(APPEND_ONLY_FUNCTION),
        migrations.RunSQL(NUMBER_FUNCTION),
        Guard("access", append_only=("auditrow", "auditlink")),
    ]
