"""Telegram, preferences and deliveries over REST."""
