"""Production refuses to start with what belongs to the demo: customers, default passwords, a pretended time."""

from pathlib import Path

import pytest
import sqlalchemy as sa

from bot.backend.demo_customers import load_demo
from bot.store.credentials import credentials
from bot.store.database import Database
from bot.store.demo_accounts import demo_accounts
from bot.store.migrate import migrate
from bot.store.passwords import Passwords
from bot.store.sealing import Seal, check_seal
from tests.conftest import ROOT
from tests.support.service import RunningService
from tests.whole.test_start import fails

CUSTOMERS = ROOT / "content" / "demo" / "customers.yml"


@pytest.fixture
def production(tmp_path: Path) -> RunningService:
    """The settings of a production service."""
    stopped = RunningService(tmp_path, {"HOTLINE_MODE": "production"})
    del stopped.environment["HOTLINE_PRETEND_NOW"]
    return stopped


@pytest.fixture
def database(production: RunningService):
    """Its database, migrated, with the demo's customers."""
    made = Database(production.environment["HOTLINE_DATABASE_URL"])
    migrate(made)
    seal = Seal.from_file(production.folder / "secret.key")
    check_seal(made, seal)
    load_demo(made, seal, Passwords(), CUSTOMERS)
    yield made
    made.close()


def test_a_database_with_demo_customers_is_refused(production: RunningService, database: Database):
    told = fails(production, "serve")
    assert "demo_customers" in told and "演示客户" in told and "database_url" in told


def test_accounts_that_still_have_the_centres_default_password_are_refused(
    production: RunningService, database: Database
):
    with database.writing() as connection:
        connection.execute(sa.delete(demo_accounts))
        connection.execute(sa.update(credentials).values(initial=True))
    told = fails(production, "serve")
    assert "initial_password" in told and "初始密码" in told and "修改" in told


@pytest.mark.parametrize(("url", "told"), [("http://10.0.0.5", "https"), ("https://10.0.0.5", "token_file")])
def test_a_business_system_without_encryption_or_token_is_refused(production: RunningService, url: str, told: str):
    settings = {"HOTLINE_BACKEND__KIND": "http", "HOTLINE_BACKEND__URL": url}
    assert told in fails(production, "serve", **settings)


def test_a_pretended_time_is_refused(production: RunningService):
    told = fails(production, "serve", HOTLINE_PRETEND_NOW="2026-11-24T10:00")
    assert "pretend_now" in told and "去掉" in told


def test_production_brings_no_demo_customers_into_its_database(production: RunningService):
    """It starts as far as the ports, one of which is taken: so it ends, after the store was prepared."""
    import socket

    with socket.create_server(("127.0.0.1", production.web_port)):
        told = fails(production, "serve")
    assert "占用" in told
    made = Database(production.environment["HOTLINE_DATABASE_URL"])
    with made.reading() as connection:
        assert connection.execute(sa.select(sa.func.count()).select_from(demo_accounts)).scalar_one() == 0
        assert connection.execute(sa.select(sa.func.count()).select_from(credentials)).scalar_one() == 0
    made.close()
