"""The subcommands of ``hotich``, a module each; what they need is imported when they run, not before."""
