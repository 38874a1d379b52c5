"""The web app: its files, and sessions whose refresh token is in a cookie."""
