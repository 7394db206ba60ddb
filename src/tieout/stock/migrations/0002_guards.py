from django.db import migrations

from tieout.database.company_tables import Guard

# The one writer of movements and balances. It takes both, and refuses them together unless every balance
# changed by exactly what the movements say, in quantity and in cents: conservation, at a cost that depends on
# the rows touched and never on history: the balances compared with are found by an index on the lot or the pool,
# which `is not distinct from` would not use. The runtime role may write neither table in any other way.
RECORD = """
create function stock_record(
    p_company bigint, p_event bigint, p_occurred_at timestamptz, p_on date,
    m_number int[], m_kind text[], m_item bigint[], m_lot bigint[], m_pool bigint[], m_origin bigint[],
    m_target bigint[], m_quantity numeric[], m_value bigint[], m_corrects bigint[],
    m_debit smallint[], m_credit smallint[],
    b_location bigint[], b_lot bigint[], b_pool bigint[], b_item bigint[],
    b_quantity numeric[], b_value bigint[], b_base_quantity numeric[], b_base_value numeric[]
) returns void language plpgsql security definer set search_path = public as $$
declare
    wrong record;
begin
    if p_company is distinct from nullif(current_setting('tieout.company', true), '')::bigint then
        raise exception 'company % is not the one at work', p_company;
    end if;

    insert into stock_movement (company_id, event_id, number, kind, item_id, lot_id, pool_id, origin_id, target_id,
        quantity, value, corrects_id, debit_line, credit_line, occurred_at, accounting_date)
    select p_company, p_event, m.number, m.kind, m.item, m.lot, m.pool, m.origin, m.target,
        m.quantity, m.value, m.corrects, m.debit, m.credit, p_occurred_at, p_on
    from unnest(m_number, m_kind, m_item, m_lot, m_pool, m_origin, m_target, m_quantity, m_value, m_corrects,
        m_debit, m_credit) as m(number, kind, item, lot, pool, origin, target, quantity, value, corrects, debit, credit);

    with moved as (
        select m.kind, m.lot, m.pool, e.location, l.kind as place, e.sign * m.quantity as quantity, e.sign * m.value as value
        from unnest(m_kind, m_lot, m_pool, m_origin, m_target, m_quantity, m_value)
            as m(kind, lot, pool, origin, target, quantity, value)
        cross join lateral (values (m.origin, -1), (m.target, 1)) as e(location, sign)
        join stock_location l on l.company_id = p_company and l.id = e.location
    ), delta as (
        select location, lot, pool, sum(quantity) as quantity, sum(value) as value from (
            select location, lot, null::bigint as pool, quantity, value from moved
            where place in ('storage', 'quarantine', 'staging', 'in-transit', 'external')
            union all
            select location, null, pool, 0, value from moved where place = 'production'
            union all
            select location, lot, pool, quantity, value from moved where place = 'production' and kind = 'issue'
        ) ends group by location, lot, pool
    ), new as (
        select * from unnest(b_location, b_lot, b_pool, b_quantity, b_value, b_base_quantity, b_base_value)
            as n(location, lot, pool, quantity, value, base_quantity, base_value)
    )
    select coalesce(n.location, d.location) as location, coalesce(n.lot, d.lot) as lot, coalesce(n.pool, d.pool) as pool,
        n.quantity as quantity, coalesce(o.quantity, r.quantity, 0) + coalesce(d.quantity, 0) as due_quantity,
        n.value as value, coalesce(o.value, r.value, 0) + coalesce(d.value, 0) as due_value
    into wrong
    from new n
    full join delta d on d.location = n.location and coalesce(d.lot, 0) = coalesce(n.lot, 0)
        and coalesce(d.pool, 0) = coalesce(n.pool, 0)
    left join stock_balance o on o.company_id = p_company and o.lot_id = coalesce(n.lot, d.lot)
        and o.location_id = coalesce(n.location, d.location) and o.pool_id is not distinct from coalesce(n.pool, d.pool)
    left join stock_balance r on r.company_id = p_company and r.pool_id = coalesce(n.pool, d.pool)
        and r.location_id = coalesce(n.location, d.location) and r.lot_id is null and coalesce(n.lot, d.lot) is null
    where n.location is null
       or n.quantity <> coalesce(o.quantity, r.quantity, 0) + coalesce(d.quantity, 0)
       or n.value <> coalesce(o.value, r.value, 0) + coalesce(d.value, 0)
       or (n.lot is not null and abs(n.value * n.base_quantity - n.base_value * n.quantity) * 2 > n.base_quantity)
    limit 1;
    if found then
        raise exception 'conservation: location %, lot %, pool % would hold % worth % cents, its movements say % worth %',
            wrong.location, wrong.lot, wrong.pool, wrong.quantity, wrong.value, wrong.due_quantity, wrong.due_value
            using errcode = 'integrity_constraint_violation';
    end if;

    insert into stock_balance as b (company_id, location_id, lot_id, pool_id, item_id, quantity, value, base_quantity,
        base_value, last_event_id)
    select p_company, n.location, n.lot, n.pool, n.item, n.quantity, n.value, n.base_quantity, n.base_value, p_event
    from unnest(b_location, b_lot, b_pool, b_item, b_quantity, b_value, b_base_quantity, b_base_value)
        as n(location, lot, pool, item, quantity, value, base_quantity, base_value)
    on conflict (company_id, location_id, lot_id, pool_id) do update set quantity = excluded.quantity,
        value = excluded.value, base_quantity = excluded.base_quantity, base_value = excluded.base_value,
        last_event_id = excluded.last_event_id;
end $$;
revoke insert, update, delete, truncate on stock_balance from tieout_app;
revoke insert on stock_movement from tieout_app
"""


# A bulk load fills tables that the planner has never counted, inside one transaction that autovacuum cannot see;
# its guesses then read a whole company for one row. Only an owner may count, and only small tables are counted
# here: a table that is known to be large has been counted already.
KNOW_SIZES = """
create function tieout_know_sizes(p_tables text[]) returns void language plpgsql security definer
    set search_path = public as $$
declare
    name text;
begin
    for name in select unnest(p_tables) order by 1 loop
        if (select reltuples < 10000 from pg_class where oid = name::regclass) then
            execute format('analyze %I', name);
        end if;
    end loop;
end $$
"""


class Migration(migrations.Migration):
    dependencies = [("stock", "0001_initial"), ("ledger", "0002_guards"), ("catalog", "0002_guards")]

    operations = [
        Guard("stock", append_only=("movement",)),
        migrations.RunSQL(RECORD),
        migrations.RunSQL(KNOW_SIZES),
    ]
