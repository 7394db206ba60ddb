from django.db import migrations

from tieout.database.company_tables import Guard

# A confirmed document stays confirmed, until a person has another version of it sent.
BODY_HOLDS = """
create or replace function ledger_body_holds() returns trigger language plpgsql as $$
begin
    if tg_op = 'DELETE' then
        raise exception 'a transmission is never deleted' using errcode = 'restrict_violation';
    end if;
    if (new.id, new.company_id, new.journal_id, new.destination, new.document, new.number, new.accounting_date,
            new.version, new.body, new.hash, new.created_at)
        is distinct from
       (old.id, old.company_id, old.journal_id, old.destination, old.document, old.number, old.accounting_date,
            old.version, old.body, old.hash, old.created_at) then
        raise exception 'the body of transmission % never changes: a new body is a new transmission', old.id
            using errcode = 'restrict_violation';
    end if;
    if old.state = 'confirmed' and new.state <> 'confirmed' and not (new.state = 'superseded' and exists (
            select 1 from ledger_transmission t where t.company_id = old.company_id and t.journal_id = old.journal_id
                and t.destination = old.destination and t.version > old.version)) then
        raise exception 'transmission % is confirmed, which is final', old.id using errcode = 'restrict_violation';
    end if;
    return new;
end $$
"""


class Migration(migrations.Migration):
    dependencies = [("ledger", "0006_reclassification")]

    operations = [
        Guard("ledger", append_only=("reclassified",), tables=("reclassified", "correctionrequest")),
        migrations.RunSQL(BODY_HOLDS),
    ]
