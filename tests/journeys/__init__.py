"""The whole mesh, told as stories: what people do, and what they see. Read these first.

One mesh runs for all of them, started as `./habits up` starts it, on the test run's own servers.
Each story has people of its own. What has to wait for the clock is arranged early, in
`appointments.py`, and told in the story that is about it.
"""
