"""Draws pictures in a process of its own: no event loop waits, no service holds matplotlib.

`renderer.py` is what the servicer uses. The other files are imported by the drawing process only.
"""
