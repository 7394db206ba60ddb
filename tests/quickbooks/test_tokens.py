"""Tokens: refreshed once, never lost, never readable, and their end is visible."""

from __future__ import annotations

import os
import subprocess
import sys
import threading
from datetime import timedelta
from pathlib import Path

import pytest
from django.db import connection
from django.test import override_settings
from django.utils import timezone

from tieout.access import company as companies
from tieout.quickbooks import actions, faults, tokens, vault
from tieout.quickbooks.models import Connection, Credential
from tieout.quickbooks.outcomes import NotConnected, Unknown
from tieout.quickbooks.poster import post_due, settle
from tieout.quickbooks.waits import Waits

JOURNAL = {"entity": "JournalEntry", "method": "POST"}
TOKEN = {"operation": "token"}


def test_an_expired_token_is_refreshed_once_and_the_entry_keeps_its_requestid(factory, waits: Waits) -> None:
    sealed = factory.transmission()
    factory.books.fault("fault", code="3200", match=JOURNAL)

    post_due(factory.company, waits=waits)

    assert "confirmed" == factory.now(sealed).state
    assert [str(sealed.pk)] * 2 == [request["requestid"] for request in factory.sent()]
    assert 1 == len(_refreshes(factory))


def test_a_token_that_a_refresh_does_not_mend_blocks_posting_and_loses_nothing(factory, waits: Waits) -> None:
    sealed = factory.transmission()
    factory.books.fault("fault", code="3200", match={**JOURNAL, "times": 0})

    summary = post_due(factory.company, waits=waits)

    assert ("blocked", "connection") == (factory.now(sealed).state, factory.now(sealed).cause)
    assert 2 == len(factory.sent())
    assert "Reconnect needed" in summary.stopped


@pytest.mark.parametrize("code", ["3100", "6190", "120"])
def test_a_lost_right_stops_the_company_until_it_is_connected_again(factory, waits: Waits, code: str) -> None:
    sealed = factory.transmission()
    factory.books.fault("fault", code=code, match=JOURNAL)
    post_due(factory.company, waits=waits)
    assert "reconnect needed" == _connection(factory).state

    _reconnect(factory)
    settle(factory.company, waits=waits, seconds=20)

    assert "confirmed" == factory.now(sealed).state
    assert 1 == len(factory.entries())


def test_a_renewed_subscription_goes_on_by_resuming(factory, waits: Waits) -> None:
    sealed = factory.transmission()
    factory.books.fault("fault", code="6190", match=JOURNAL)
    post_due(factory.company, waits=waits)

    actions.resume(factory.controller)
    settle(factory.company, waits=waits, seconds=20)

    assert "confirmed" == factory.now(sealed).state


def test_a_token_near_its_end_is_refreshed_before_it_is_used(factory, waits: Waits) -> None:
    factory.transmission()
    _expire(factory)

    post_due(factory.company, waits=waits)

    assert 1 == len(_refreshes(factory))
    assert [200] == [request["status"] for request in factory.sent()]


def test_many_workers_with_a_stale_token_refresh_it_once(factory, waits: Waits) -> None:
    _expire(factory)
    results: list[str] = []

    def fetch() -> None:
        try:
            results.append(tokens.access_token(factory.company, waits=waits))
        finally:
            connection.close()

    threads = [threading.Thread(target=fetch) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(20)

    assert (8, 1) == (len(results), len(set(results)))
    assert 1 == len(_refreshes(factory))


def test_a_lost_answer_to_a_refresh_costs_no_connection(factory, waits: Waits) -> None:
    factory.books.options(refresh_rotation_hours=0)
    _expire(factory)
    factory.books.fault("reset", match=TOKEN, commit=True)
    with pytest.raises(Unknown):
        tokens.access_token(factory.company, waits=waits)

    assert tokens.access_token(factory.company, waits=waits)
    assert "connected" == _connection(factory).state


@pytest.mark.parametrize("point", ["tokens received", "tokens stored"])
def test_a_worker_killed_around_storing_tokens_leaves_a_working_connection(factory, waits: Waits, point) -> None:
    factory.books.options(refresh_rotation_hours=0)
    sealed = factory.transmission()
    _expire(factory)
    env = {**os.environ, "DJANGO_SETTINGS_MODULE": "tieout.settings", faults.VARIABLE: point}
    program = Path(__file__).with_name("worker.py")
    subprocess.run([sys.executable, str(program), str(factory.company), "0.001"], env=env, check=False, timeout=60)

    settle(factory.company, waits=waits, seconds=20)

    assert ("confirmed", "connected") == (factory.now(sealed).state, _connection(factory).state)


def test_the_former_refresh_token_is_kept_until_its_successor_has_worked(factory, waits: Waits) -> None:
    factory.books.options(refresh_rotation_hours=0)
    _expire(factory)
    tokens.access_token(factory.company, waits=waits)
    kept = _credential(factory).previous_refresh_token
    factory.books.options(refresh_rotation_hours=24)
    _expire(factory)
    tokens.access_token(factory.company, waits=waits)

    assert factory.books.refresh_token == vault.unlock(kept, company=factory.company, name="refresh")
    assert _credential(factory).previous_refresh_token is None


def test_a_row_restored_from_a_backup_is_mended_by_the_former_token(factory, waits: Waits) -> None:
    with companies.scope(factory.company):
        Credential.objects.update(
            previous_refresh_token=_credential(factory).refresh_token,
            refresh_token=vault.lock("AB11-of-another-day", company=factory.company, name="refresh"),
        )
    _expire(factory)

    assert tokens.access_token(factory.company, waits=waits)


def test_a_revoked_connection_is_reconnect_needed_and_posting_waits(factory, waits: Waits) -> None:
    sealed = factory.transmission()
    with companies.scope(factory.company):
        Credential.objects.update(refresh_token=vault.lock("revoked", company=factory.company, name="refresh"))
    _expire(factory)

    with pytest.raises(NotConnected, match="Connect it again; nothing that waits is lost"):
        tokens.access_token(factory.company, waits=waits)
    summary = post_due(factory.company, waits=waits)

    assert "Reconnect needed" in summary.stopped
    assert ("pending", []) == (factory.now(sealed).state, factory.sent())


def test_a_dump_of_the_database_holds_no_token(factory) -> None:
    rows = []
    with companies.scope(factory.company), connection.cursor() as cursor:
        for table in connection.introspection.table_names():
            cursor.execute(f'select t::text from "{table}" t')
            rows += [row[0] for row in cursor.fetchall()]
    dump = "\n".join(rows)
    secrets = (factory.books.access_token, factory.books.refresh_token, factory.books.client_secret)

    assert factory.books.realm_id in dump
    for secret in secrets:
        assert secret not in dump
        assert secret.encode().hex() not in dump


def test_an_answer_that_quotes_the_token_is_kept_without_it(factory, waits: Waits) -> None:
    factory.transmission()
    factory.books.fault(
        "fault", code="3200", detail=f"Token expired: {factory.books.access_token}", match={**JOURNAL, "times": 0}
    )
    token = factory.books.access_token

    post_due(factory.company, waits=waits)

    with companies.scope(factory.company), connection.cursor() as cursor:
        cursor.execute("select string_agg(body, ' ') from ledger_answer")
        (kept,) = cursor.fetchone()
    assert token not in kept


def test_a_locked_token_opens_for_its_own_company_and_name_only() -> None:
    locked = vault.lock("AB11", company=1, name="refresh")

    assert "AB11" == vault.unlock(locked, company=1, name="refresh")
    for company, name in ((2, "refresh"), (1, "access")):
        with pytest.raises(vault.CannotOpen):
            vault.unlock(locked, company=company, name=name)


def test_the_key_can_be_changed_while_running() -> None:
    locked = vault.lock("AB11", company=1, name="refresh")

    with override_settings(SECRET_KEY="a new one", SECRET_KEY_FALLBACKS=["tests sign with this"]):
        assert "AB11" == vault.unlock(locked, company=1, name="refresh")
    with override_settings(SECRET_KEY="a new one"), pytest.raises(vault.CannotOpen, match="connect QuickBooks again"):
        vault.unlock(locked, company=1, name="refresh")


def test_a_lost_key_is_reconnect_needed_and_not_an_error_in_a_log(factory, waits: Waits) -> None:
    sealed = factory.transmission()

    with override_settings(SECRET_KEY="another one"):
        summary = post_due(factory.company, waits=waits)

    assert "were locked under another key" in summary.stopped
    assert ("pending", "reconnect needed") == (factory.now(sealed).state, _connection(factory).state)


def test_a_realm_belongs_to_one_company(factory, second_company) -> None:
    with pytest.raises(actions.RealmTaken, match="disconnect it there first"):
        second_company(factory.books)


def test_a_company_with_entries_does_not_move_to_other_books(factory, waits: Waits) -> None:
    factory.transmission()
    post_due(factory.company, waits=waits)

    with pytest.raises(actions.OtherBooks, match="found a company of its own"):
        _reconnect(factory, realm="9341450000000001")


def _refreshes(factory) -> list[object]:
    return [one for one in factory.books.requests() if "tokens/bearer" in one["path"]]


def _connection(factory) -> Connection:
    with companies.scope(factory.company):
        return Connection.objects.get()


def _credential(factory) -> Credential:
    with companies.scope(factory.company):
        return Credential.objects.get()


def _expire(factory) -> None:
    with companies.scope(factory.company):
        Credential.objects.update(access_expires_at=timezone.now() - timedelta(hours=1))


def _reconnect(factory, *, realm: str = "") -> None:
    actions.connect(
        factory.controller,
        base_url=factory.books.url,
        realm=realm or factory.books.realm_id,
        client_id=factory.books.client_id,
        client_secret=factory.books.client_secret,
        access_token=factory.books.access_token,
        refresh_token=factory.books.refresh_token,
    )
