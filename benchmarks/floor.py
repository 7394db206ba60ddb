"""The floor: what the rows of a ten-component run cost when SQL is written by hand inside Django's `atomic()`.

One run, ten locked and decremented layers, ten consumptions, one output, one journal, four lines, one outbox
row: no checks, no costing, no idempotency, no audit. Nothing that does a run's work can be faster in Django.
"""

from __future__ import annotations

import random
from decimal import Decimal

from django.db import connection, transaction

SCHEMA = """
drop schema if exists floor cascade;
create schema floor;
create table floor.item (id bigint primary key, code text not null unique);
create table floor.location (id bigint primary key, code text not null unique);
create table floor.lot (id bigint primary key, item_id bigint not null references floor.item, code text not null);
insert into floor.item select g, 'I'||g from generate_series(1, 2000) g;
insert into floor.location select g, 'L'||g from generate_series(1, 20) g;
insert into floor.lot select g, 1 + g % 2000, 'LOT'||g from generate_series(1, 200000) g;
create table floor.movement (
  id bigint generated always as identity primary key, uid uuid not null default gen_random_uuid(),
  item_id bigint not null references floor.item, location_id bigint not null references floor.location,
  lot_id bigint not null references floor.lot, run_id bigint, kind smallint not null, qty numeric(18,6) not null,
  amount numeric(18,4) not null, occurred_at timestamptz not null, created_at timestamptz not null default now());
create index on floor.movement (item_id, location_id, occurred_at);
create index on floor.movement (lot_id);
create table floor.run (
  id bigint generated always as identity primary key, uid uuid not null default gen_random_uuid(),
  item_id bigint not null references floor.item, bom_version int not null, qty numeric(18,6) not null,
  cost numeric(18,4) not null, done_at timestamptz not null default now());
create table floor.journal (
  id bigint generated always as identity primary key, run_id bigint not null references floor.run,
  occurred_on date not null default current_date, memo text not null);
create table floor.journal_line (
  id bigint generated always as identity primary key, journal_id bigint not null references floor.journal,
  account smallint not null, debit numeric(18,4) not null, credit numeric(18,4) not null);
create index on floor.journal_line (journal_id);
create table floor.outbox (
  id bigint generated always as identity primary key, uid uuid not null default gen_random_uuid() unique,
  kind text not null, payload jsonb not null, state smallint not null default 0,
  created_at timestamptz not null default now());
create index on floor.outbox (id) where state = 0;
create table floor.layer (
  id bigint primary key, item_id bigint not null references floor.item, lot_id bigint not null references floor.lot,
  location_id bigint not null references floor.location, qty_left numeric(18,6) not null,
  unit_cost numeric(18,8) not null);
create index on floor.layer (item_id, location_id, id) where qty_left > 0;
insert into floor.layer select g, 1 + g % 2000, g, 1, 1000000000, 1.2345 from generate_series(1, 200000) g;
grant usage on schema floor to tieout_app;
grant select, insert, update on all tables in schema floor to tieout_app;
analyze floor.layer;
"""

_TAKEN = Decimal("12.5")


def run(dice: random.Random) -> None:
    """One run by hand, in seven statements."""
    item, lot, made = dice.randrange(1, 1900), dice.randrange(1, 190000), dice.randrange(1, 2000)
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(
            "select id, unit_cost from floor.layer where id between %s and %s order by id for update", [lot, lot + 9]
        )
        layers = cursor.fetchall()
        assert len(layers) == 10
        cost = sum((unit * _TAKEN for _, unit in layers), Decimal(0))
        cursor.execute(
            "update floor.layer set qty_left = qty_left - 12.5 where id = any(%s)", [[id for id, _ in layers]]
        )
        cursor.execute(
            "insert into floor.run (item_id, bom_version, qty, cost) values (%s, 3, 100, %s) returning id", [made, cost]
        )
        (run_id,) = cursor.fetchone()
        rows = [(item + n, 1, lot + n, run_id, 2, -_TAKEN, -unit * _TAKEN) for n, (_, unit) in enumerate(layers)]
        rows.append((made, 2, lot + 11, run_id, 1, Decimal(100), cost))
        cursor.execute(
            "insert into floor.movement (item_id, location_id, lot_id, run_id, kind, qty, amount, occurred_at) values "
            + ",".join("(%s, %s, %s, %s, %s, %s, %s, now())" for _ in rows),
            [value for row in rows for value in row],
        )
        cursor.execute("insert into floor.journal (run_id, memo) values (%s, 'production run') returning id", [run_id])
        (journal,) = cursor.fetchone()
        cursor.execute(
            "insert into floor.journal_line (journal_id, account, debit, credit)"
            " select %s, a, d, c from (values (1, 1234.5, 0), (2, 0, 1000), (3, 0, 200), (4, 0, 34.5)) v(a, d, c)",
            [journal],
        )
        cursor.execute(
            "insert into floor.outbox (kind, payload)"
            " values ('journal', jsonb_build_object('run', %s::bigint, 'journal', %s::bigint))",
            [run_id, journal],
        )
