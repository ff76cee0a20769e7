"""The stores and services of the jobs' tests."""

from tests.jobs.conftest import (
    acting,
    config,
    database_url,
    leases,
    make_config,
    make_service,
    postgres,
    service,
    store,
)

__all__ = [
    "acting",
    "config",
    "database_url",
    "leases",
    "make_config",
    "make_service",
    "postgres",
    "service",
    "store",
]
