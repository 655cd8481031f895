"""The notes as tools and resources for agents, over the Model Context Protocol: at `/mcp`, and on standard input.

Only `server.py`, `resources.py` and `stdio.py` import the protocol's SDK; it takes half a second, which nobody waits
for who does not use it.
"""
