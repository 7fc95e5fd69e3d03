"""When it runs: the inbox, the Prefect flows, the station and the ``hotich`` command."""
