"""Actions that do what contract tests need: give a command, fail, say nothing."""
