"""Imports a file: takes it in parts, has it parsed, and writes it, all of it or nothing.

- `lifecycle.py`: creates, uploads, starts, and returns an import.
- `run.py`: runs one, in the background: parse in a child process, write in one transaction.
- `habit_writer.py`, `day_writer.py`: what of a file is new, and how it is written.
"""
