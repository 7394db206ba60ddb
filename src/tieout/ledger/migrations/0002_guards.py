from django.db import migrations

from tieout.database.company_tables import Guard

# Checked once a line at commit: an event's lines are few, and one index scan finds them.
BALANCED = """
create function ledger_is_balanced() returns trigger language plpgsql security definer set search_path = public as $$
declare
    rest bigint;
begin
    select sum(debit) - sum(credit) into rest
    from ledger_journalline where company_id = new.company_id and event_id = new.event_id;
    if rest <> 0 then
        raise exception 'the journal lines of event % do not balance: % cents', new.event_id, rest
            using errcode = 'integrity_constraint_violation';
    end if;
    return null;
end $$;
create constraint trigger balanced after insert on ledger_journalline
    deferrable initially deferred for each row execute function ledger_is_balanced()
"""

# A line added to an event whose journal is sealed would never be posted.
SEALED = """
create function ledger_journal_is_open() returns trigger language plpgsql security definer set search_path = public as $$
begin
    if new.journal_id is not null and (
        select state from ledger_journalevent where company_id = new.company_id and id = new.journal_id
    ) <> 'open' then
        raise exception 'journal event % is sealed: a late member opens the next one', new.journal_id
            using errcode = 'integrity_constraint_violation';
    end if;
    return new;
end $$;
create trigger journal_is_open before insert on ledger_event
    for each row execute function ledger_journal_is_open();

create function ledger_seal_holds() returns trigger language plpgsql as $$
begin
    if tg_op = 'DELETE' or old.state <> 'open' or new.company_id <> old.company_id or new.key <> old.key
            or new.kind <> old.kind or new.accounting_date <> old.accounting_date then
        raise exception 'journal event % is sealed and never changes', old.id using errcode = 'restrict_violation';
    end if;
    return new;
end $$;
create trigger seal_holds before update or delete on ledger_journalevent
    for each row execute function ledger_seal_holds();

create function ledger_body_holds() returns trigger language plpgsql as $$
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
    if old.state = 'confirmed' and new.state <> 'confirmed' then
        raise exception 'transmission % is confirmed, which is final', old.id using errcode = 'restrict_violation';
    end if;
    return new;
end $$;
create trigger body_holds before update or delete on ledger_transmission
    for each row execute function ledger_body_holds()
"""


class Migration(migrations.Migration):
    dependencies = [("ledger", "0001_initial"), ("access", "0002_guards")]

    operations = [
        Guard(
            "ledger",
            append_only=("event", "journalline", "mappingrule", "policy", "attempt", "answer", "redating"),
        ),
        migrations.RunSQL(BALANCED),
        migrations.RunSQL(SEALED),
    ]
