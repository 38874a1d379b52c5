"""How many random histories: by default more than 10,000 over all ten properties."""

from hypothesis import HealthCheck, settings

many = settings(
    max_examples=1010,
    deadline=None,
    print_blob=True,  # a failing seed is printed; put it into a table of cases
    database=None,
    suppress_health_check=[HealthCheck.too_slow],
)
