"""What a connection to PostgreSQL is opened with."""

from __future__ import annotations

from state.database import WAIT_SECONDS, make_engine
from state.location import locate


def test_a_server_whose_host_is_gone_is_waited_for_no_longer_than_another_writer(
    postgres_url: str,
) -> None:
    engine = make_engine(locate(postgres_url))

    with engine.connect() as connection:
        driver = connection.connection.driver_connection
        assert driver is not None
        kept = driver.info.get_parameters()
    engine.dispose()

    assert int(kept["tcp_user_timeout"]) == WAIT_SECONDS * 1000
    silent = int(kept["keepalives_interval"]) * int(kept["keepalives_count"])
    assert int(kept["keepalives_idle"]) + silent == WAIT_SECONDS
