"""Who may do what: the SQL that makes the two roles, for the embedded cluster and for a server alike.

`tieout_owner` migrates and owns every table. `tieout_app` runs the product and owns nothing, so that what is
revoked from it (UPDATE and DELETE on the ledger, in its migrations) stays revoked: only an owner can grant,
disable a trigger or truncate. Triggers alone would not do; a table's owner can switch them off.
"""

from __future__ import annotations

import sys

OWNER = "tieout_owner"
APP = "tieout_app"
SUPERUSER = "postgres"
DATABASE = "tieout"


def cluster_sql() -> str:
    """The roles; may be run again. On a server, give them passwords afterwards."""
    return "\n".join(
        f"""DO $$ BEGIN
    IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = '{role}') THEN CREATE ROLE {role}; END IF;
END $$;
ALTER ROLE {role} LOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE NOBYPASSRLS NOREPLICATION;"""
        for role in (OWNER, APP)
    )


def database_sql(database: str) -> str:
    """Rights on a database as a whole. A copy made from a template does not inherit these."""
    return f"""REVOKE ALL ON DATABASE "{database}" FROM PUBLIC;
GRANT CONNECT, TEMPORARY ON DATABASE "{database}" TO {APP};"""


def schema_sql() -> str:
    """Rights inside a database, run while connected to it: new tables may be written unless a migration
    revokes it.

    The default stands on this side because most tables are master data; the ledger's migrations take away
    what the ledger must not allow, and `tests/database` holds both to their word.
    """
    return f"""ALTER DEFAULT PRIVILEGES FOR ROLE {OWNER}
    GRANT SELECT, INSERT, UPDATE, DELETE ON TABLES TO {APP};
ALTER DEFAULT PRIVILEGES FOR ROLE {OWNER} GRANT USAGE, SELECT ON SEQUENCES TO {APP};
ALTER DEFAULT PRIVILEGES FOR ROLE {OWNER} GRANT USAGE ON SCHEMAS TO {APP};"""


def server_sql(database: str) -> str:
    """Everything for a server's administrator, to be run by psql as superuser."""
    create = f"""SELECT 'CREATE DATABASE "{database}" OWNER {OWNER}'
WHERE NOT EXISTS (SELECT FROM pg_database WHERE datname = '{database}') \\gexec"""
    passwords = f"-- Then: \\password {OWNER} and \\password {APP}"
    return "\n".join(
        [cluster_sql(), create, database_sql(database), f'\\connect "{database}"', schema_sql(), passwords]
    )


if __name__ == "__main__":
    print(server_sql(sys.argv[1] if len(sys.argv) > 1 else DATABASE))
