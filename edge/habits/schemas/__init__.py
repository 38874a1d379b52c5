"""Request and response bodies of habits, one file per resource."""
