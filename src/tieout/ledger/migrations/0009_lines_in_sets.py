from django.db import migrations

from tieout.database.references import CheckReferencesInSets

# An event's lines are written by one statement, and balance by themselves: looked at once for all of them, at once,
# instead of once a line at commit.
BALANCED = """
drop trigger balanced on ledger_journalline;
create or replace function ledger_is_balanced() returns trigger language plpgsql security definer
    set search_path = public as $$
declare
    wrong record;
begin
    select event_id, sum(debit) - sum(credit) as rest into wrong
    from written group by company_id, event_id having sum(debit) <> sum(credit) limit 1;
    if found then
        raise exception 'the journal lines of event % do not balance: % cents', wrong.event_id, wrong.rest
            using errcode = 'integrity_constraint_violation';
    end if;
    return null;
end $$;
create trigger balanced after insert on ledger_journalline referencing new table as written
    for each statement execute function ledger_is_balanced()
"""


class Migration(migrations.Migration):
    dependencies = [("ledger", "0008_indexes")]

    operations = [
        migrations.RunSQL(BALANCED),
        CheckReferencesInSets("ledger", tables=("journalline",)),
    ]
