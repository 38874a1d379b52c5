"""The schema that holds every table of this service."""

from sqlalchemy import MetaData

METADATA = MetaData(schema="habits")
