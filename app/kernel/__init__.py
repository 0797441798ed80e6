"""What every room stands on: settings, database, doors, audit, clock, crypto, jobs, live sockets."""
