"""The rival is served as we are: one process, as many threads."""

from __future__ import annotations

worker_class = "gthread"
workers = 1
threads = 120
keepalive = 15
control_socket_disable = True
