"""The routes, one file a subject; each route reads its parameters, calls one function and returns its result."""
