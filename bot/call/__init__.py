"""One call: the line, its phases, its journal."""
