"""The environment of the station's processes: Prefect takes its settings from there when it is imported.

Prefect's server never runs inside another process (its "ephemeral" mode), listens on this machine only, asks
for a password, and tells nobody outside about its use: analytics have one switch in the server and another in
its clients, and both are off.
"""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from flows.secret_files import prefect_login

if TYPE_CHECKING:
    from models.settings import Settings

HEARTBEAT_SECONDS = 30  # the least that Prefect allows; a run is taken for dead after three missing ones


def prefect_url(settings: Settings) -> str:
    """Address of Prefect's own site."""
    return f"http://127.0.0.1:{settings.prefect_port}"


def review_url(settings: Settings) -> str:
    """Address of the review site."""
    everywhere = settings.review_host in ("0.0.0.0", "::")  # noqa: S104 - compared, not listened on
    return f"http://{'127.0.0.1' if everywhere else settings.review_host}:{settings.review_port}"


def station_environment(settings: Settings) -> dict[str, str]:
    """The environment for every process of the station.

    What the operator has set of Prefect's keeps its place where a province needs it otherwise: the database
    (``PREFECT_API_DATABASE_CONNECTION_URL``) and how long finished runs and events are kept.
    """
    login = prefect_login(settings)
    may_differ = {
        "PREFECT_SERVER_EVENTS_RETENTION_PERIOD": "P3D",
        "PREFECT_SERVER_SERVICES_DB_VACUUM_RETENTION_PERIOD": "P90D",
        "PREFECT_LOGGING_LEVEL": "INFO",
    }
    fixed = {
        **{f"HOTICH_{name.upper()}": str(getattr(settings, name)) for name in type(settings).model_fields},
        "NO_PROXY": ",".join(filter(None, [os.environ.get("NO_PROXY"), "127.0.0.1", "localhost"])),
        "OMP_THREAD_LIMIT": "1",
        "DO_NOT_TRACK": "1",
        "PREFECT_SERVER_ANALYTICS_ENABLED": "false",
        "PREFECT_CLOUD_ENABLE_ORCHESTRATION_TELEMETRY": "false",
        "PREFECT_TELEMETRY_ENABLE_RESOURCE_METRICS": "false",
        "PREFECT_SERVER_UI_SHOW_PROMOTIONAL_CONTENT": "false",
        "PREFECT_HOME": str(settings.prefect),
        "PREFECT_API_URL": f"{prefect_url(settings)}/api",
        "PREFECT_SERVER_API_HOST": "127.0.0.1",
        "PREFECT_SERVER_API_PORT": str(settings.prefect_port),
        "PREFECT_SERVER_API_AUTH_STRING": login,
        "PREFECT_API_AUTH_STRING": login,
        "PREFECT_SERVER_EPHEMERAL_ENABLED": "false",
        "PREFECT_FLOWS_HEARTBEAT_FREQUENCY": str(HEARTBEAT_SECONDS),
        "PREFECT_RUNNER_POLL_FREQUENCY": "2",
        "PREFECT_WORKER_QUERY_SECONDS": "2",
        "PREFECT_SERVER_SERVICES_DB_VACUUM_ENABLED": "events,flow_runs",
        # Nobody looks at "Late"; on SQLite the marks of several runs meet in transactions that read before
        # they write, all but one fail, and on a busy machine the server then stood still for a minute.
        "PREFECT_SERVER_SERVICES_LATE_RUNS_ENABLED": "false",
    }
    return {**may_differ, **os.environ, **fixed}
