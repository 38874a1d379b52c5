"""Quick links: addresses that check one habit in with one tap."""
