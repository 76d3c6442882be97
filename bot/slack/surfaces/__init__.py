"""What people can do with us in Slack, one file each: questions, buttons, windows, commands.

A surface that must survive a crash is a `Handler` (see `outcome.py`) behind the durable road; one that only opens a window or
keeps a vote is a listener of Bolt's. Both are declared in `surface.py` and put together in `furnishing.py`.
"""
