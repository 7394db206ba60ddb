"""What tests stand on: a throw-away PostgreSQL and databases made from one migrated template."""
