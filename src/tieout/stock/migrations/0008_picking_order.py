from django.db import migrations, models

# A year of runs leaves a thousand holdings of a much used lot, and a thousand dead versions of its balance. So a
# balance is found by everything that names it, never by its lot alone; what an act writes over stays within its
# page (`on_hand` instead of `quantity` in the index, room in the pages); and picking walks an index in the order in
# which goods go, only as far as the quantity reaches.
IN_ORDER = """
update stock_balance b set made_at = l.made_at, expires_on = l.expires_on from stock_lot l
where l.company_id = b.company_id and l.id = b.lot_id and b.pool_id is null;
alter table stock_balance set (fillfactor = 70)
"""

# First-expiring, then oldest. Only what a site keeps in storage or staging, and only its own goods.
PICK = """
create function stock_pick(p_company bigint, p_site bigint, p_items bigint[], p_quantities numeric[])
returns table (item bigint, lot bigint, location bigint, quantity numeric)
language plpgsql stable security definer set search_path = public
    set enable_seqscan = off set enable_bitmapscan = off set enable_sort = off as $$
declare
    places bigint[];
    heap record;
    rest numeric;
begin
    if p_company is distinct from nullif(current_setting('tieout.company', true), '')::bigint then
        raise exception 'company % is not the one at work', p_company;
    end if;
    select array_agg(p.id) into places from stock_location p
    where p.company_id = p_company and p.site_id = p_site and p.kind in ('storage', 'staging');
    for n in 1 .. cardinality(p_items) loop
        item := p_items[n];
        rest := p_quantities[n];
        for heap in
            select b.lot_id, b.location_id, b.quantity from stock_balance b
            where b.company_id = p_company and b.item_id = p_items[n] and b.on_hand and b.location_id = any(places)
                and (select l.owner_id from stock_lot l where l.company_id = p_company and l.id = b.lot_id) is null
            order by b.expires_on, b.made_at, b.lot_id, b.location_id
        loop
            exit when rest <= 0;
            lot := heap.lot_id;
            location := heap.location_id;
            quantity := least(heap.quantity, rest);
            rest := rest - quantity;
            return next;
        end loop;
    end loop;
end $$
"""

# The one writer, as before; but what a balance is due is found without a join whose plan would grow old with the
# tables: each key's claim and its movements are added up, and its balance is found by the one index that has it all.
RECORD = """
create or replace function stock_record(
    p_company bigint, p_event bigint, p_occurred_at timestamptz, p_on date,
    m_number int[], m_kind text[], m_item bigint[], m_lot bigint[], m_pool bigint[], m_origin bigint[],
    m_target bigint[], m_quantity numeric[], m_value bigint[], m_corrects bigint[],
    m_debit smallint[], m_credit smallint[],
    b_location bigint[], b_lot bigint[], b_pool bigint[], b_item bigint[],
    b_quantity numeric[], b_value bigint[], b_base_quantity numeric[], b_base_value numeric[]
) returns void language plpgsql security definer set search_path = public
    set enable_seqscan = off set enable_hashjoin = off set enable_mergejoin = off as $$
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

    with moved as materialized (
        select m.kind, m.lot, m.pool, e.location, e.sign * m.quantity as quantity, e.sign * m.value as value,
            (select l.kind from stock_location l where l.company_id = p_company and l.id = e.location) as place
        from unnest(m_kind, m_lot, m_pool, m_origin, m_target, m_quantity, m_value)
            as m(kind, lot, pool, origin, target, quantity, value)
        cross join lateral (values (m.origin, -1), (m.target, 1)) as e(location, sign)
    ), said as (
        select location, lot, pool, quantity as moved, value as worth, null::numeric as quantity, null::bigint as value,
            null::numeric as base_quantity, null::numeric as base_value
        from (
            select location, lot, null::bigint as pool, quantity, value from moved
            where place in ('storage', 'quarantine', 'staging', 'in-transit', 'external')
            union all
            select location, null, pool, 0, value from moved where place = 'production'
            union all
            select location, lot, pool, quantity, value from moved where place = 'production' and kind = 'issue'
        ) ends
        union all
        select location, lot, pool, 0, 0, quantity, value, base_quantity, base_value
        from unnest(b_location, b_lot, b_pool, b_quantity, b_value, b_base_quantity, b_base_value)
            as b(location, lot, pool, quantity, value, base_quantity, base_value)
    ), due as (
        select location, lot, pool, sum(moved) as moved, sum(worth) as worth, max(quantity) as quantity,
            max(value) as value, max(base_quantity) as base_quantity, max(base_value) as base_value
        from said group by location, lot, pool
    )
    select d.location, d.lot, d.pool, d.quantity, coalesce(o.quantity, 0) + d.moved as due_quantity,
        d.value, coalesce(o.value, 0) + d.worth as due_value
    into wrong
    from due d
    left join lateral (
        select b.quantity, b.value from stock_balance b
        where b.company_id = p_company and b.lot_id = d.lot and b.pool_id is null and b.location_id = d.location
            and d.pool is null
        union all
        select b.quantity, b.value from stock_balance b
        where b.company_id = p_company and b.lot_id = d.lot and b.pool_id = d.pool and b.location_id = d.location
        union all
        select b.quantity, b.value from stock_balance b
        where b.company_id = p_company and b.lot_id is null and b.pool_id = d.pool and b.location_id = d.location
            and d.lot is null
    ) o on true
    where d.quantity is distinct from coalesce(o.quantity, 0) + d.moved
       or d.value is distinct from coalesce(o.value, 0) + d.worth
       or (d.lot is not null and abs(d.value * d.base_quantity - d.base_value * d.quantity) * 2 > d.base_quantity)
    limit 1;
    if found then
        raise exception 'conservation: location %, lot %, pool % would hold % worth % cents, its movements say % worth %',
            wrong.location, wrong.lot, wrong.pool, wrong.quantity, wrong.value, wrong.due_quantity, wrong.due_value
            using errcode = 'integrity_constraint_violation';
    end if;

    insert into stock_balance as b (company_id, location_id, lot_id, pool_id, item_id, quantity, value, base_quantity,
        base_value, last_event_id, made_at, expires_on)
    select p_company, n.location, n.lot, n.pool, n.item, n.quantity, n.value, n.base_quantity, n.base_value, p_event,
        l.made_at, l.expires_on
    from unnest(b_location, b_lot, b_pool, b_item, b_quantity, b_value, b_base_quantity, b_base_value)
        as n(location, lot, pool, item, quantity, value, base_quantity, base_value)
    left join lateral (
        select l.made_at, l.expires_on from stock_lot l
        where l.company_id = p_company and l.id = n.lot and n.pool is null
    ) l on true
    on conflict (company_id, lot_id, pool_id, location_id) do update set quantity = excluded.quantity,
        value = excluded.value, base_quantity = excluded.base_quantity, base_value = excluded.base_value,
        last_event_id = excluded.last_event_id;
end $$
"""


class Migration(migrations.Migration):
    dependencies = [("stock", "0007_what_was_bought"), ("ledger", "0008_indexes"), ("catalog", "0003_indexes")]

    operations = [
        migrations.RemoveConstraint(model_name="balance", name="balance_once"),
        migrations.RemoveIndex(model_name="balance", name="balance_by_lot"),
        migrations.RemoveIndex(model_name="balance", name="balance_on_hand"),
        migrations.AddField(model_name="balance", name="expires_on", field=models.DateField(null=True)),
        migrations.AddField(model_name="balance", name="made_at", field=models.DateTimeField(null=True)),
        migrations.AddField(
            model_name="balance",
            name="on_hand",
            field=models.GeneratedField(
                db_persist=True,
                expression=models.Q(("pool__isnull", True), ("quantity__gt", 0)),  # type: ignore[arg-type]
                output_field=models.BooleanField(),
            ),
        ),
        migrations.RunSQL(IN_ORDER),
        migrations.AddIndex(
            model_name="balance",
            index=models.Index(
                condition=models.Q(("on_hand", True)),
                fields=["company", "item", "expires_on", "made_at", "lot", "location"],
                name="balance_to_pick",
            ),
        ),
        migrations.AddConstraint(
            model_name="balance",
            constraint=models.UniqueConstraint(
                fields=("company", "lot", "pool", "location"), name="balance_once", nulls_distinct=False
            ),
        ),
        migrations.RunSQL(PICK),
        migrations.RunSQL(RECORD),
    ]
