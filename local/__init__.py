"""The whole mesh on one machine: private servers, the services, and a Telegram of its own.

Start reading at `mesh.py`. `process_table.py` lists what runs, `supervisor.py` keeps it running,
`servers/` finds PostgreSQL, Valkey and RabbitMQ without root, `telegram/` stands in for
the Bot API. This room knows the services by command line and environment only.
"""
