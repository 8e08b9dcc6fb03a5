"""The kernel's pages: signing in, the console, messages, printing, undo."""
