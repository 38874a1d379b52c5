"""End-to-end tests of the whole mesh, written as user stories. Read these first.

One mesh runs for all of them, started as `./habits up` starts it, on the test run's own servers.
Each story has people of its own. What has to wait for the clock is arranged early, in
`scheduled.py`, and asserted in the story that is about it.
"""
