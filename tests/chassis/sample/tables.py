"""The tables of schema `sample`."""

from sqlalchemy import Column, Integer, MetaData, Table, Text

from chassis.shared_tables import inbox_table, outbox_table, replays_table

METADATA = MetaData(schema="sample")

THINGS = Table("things", METADATA, Column("id", Integer, primary_key=True), Column("word", Text))
OUTBOX = outbox_table(METADATA)
INBOX = inbox_table(METADATA)
REPLAYS = replays_table(METADATA)
