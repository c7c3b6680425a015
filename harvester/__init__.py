"""How module metadata is gathered: the network, and no database. Knows `vocab`."""
