"""The command line: one module a command, options and wiring only."""
