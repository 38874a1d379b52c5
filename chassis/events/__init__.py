"""Facts between services: written with the change they tell of, taken in once."""
