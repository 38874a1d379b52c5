"""JSON ⇄ wire: reads bodies into requests and writes messages as dictionaries. Decides nothing."""
