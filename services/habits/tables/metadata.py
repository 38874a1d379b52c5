"""The schema that every table here lives in."""

from sqlalchemy import MetaData

METADATA = MetaData(schema="habits")
