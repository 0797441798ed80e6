"""What every room stands on: settings, database, doors, audit, clock, keys, jobs, sockets."""
