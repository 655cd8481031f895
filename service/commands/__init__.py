"""The subcommands of `askmd`, one file each: `add_to` describes its arguments, `run` returns the exit code."""
