"""From a question to an answer with excerpts and executed examples: HTTP, command line, chat page, sandbox."""
