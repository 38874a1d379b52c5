from chassis.migrate import run_migrations
from tests.chassis.sample.tables import METADATA

run_migrations(METADATA)
