"""People, channels and settings."""

from dataclasses import replace

from inbox_desktop.models.actions import agent
from inbox_desktop.models.actions.channels import RemoveChannel, SaveSetting
from inbox_desktop.models.ids import new_id
from inbox_desktop.models.kinds import ChannelKind
from inbox_desktop.models.mail_settings import MailSettings
from inbox_desktop.models.queries.directory import agents, channel_settings, channels, me, setting
from inbox_desktop.models.store import Changed, Store
from tests.models.samples import SUPPORT, add_agent, add_channel, done, mail_settings


def test_i_am_the_owner_until_a_setting_says_otherwise(store: Store) -> None:
    with store.read() as connection:
        assert me(connection) is None
    julia = add_agent(store)
    tom = add_agent(store, "Tom")
    with store.read() as connection:
        found = me(connection)
    assert found is not None
    assert (found.id, found.name, found.email, found.is_me) == (julia, "Julia", "julia@shop.example", True)
    for value, expected in ((tom, tom), (new_id(), julia), ({"odd": 1}, julia)):
        done(store, SaveSetting(actor=agent(julia), key="me", value=value))
        with store.read() as connection:
            found = me(connection)
        assert found is not None
        assert found.id == expected


def test_agents_are_me_first_then_by_name(store: Store, julia: str) -> None:
    for name in ("tom", "Ana", "Zoe"):
        add_agent(store, name)
    with store.read() as connection:
        assert [(row.name, row.is_me) for row in agents(connection, julia)] == [
            ("Julia", True),
            ("Ana", False),
            ("tom", False),
            ("Zoe", False),
        ]
        assert [row.name for row in agents(connection, None)] == ["Ana", "Julia", "tom", "Zoe"]


def test_channels_in_the_order_of_their_adding(store: Store, julia: str, email_channel: str) -> None:
    sms = add_channel(store, julia, ChannelKind.SMS, "+14155550100", "Texts")
    done(store, RemoveChannel(actor=agent(julia), channel_id=email_channel))
    with store.read() as connection:
        found = channels(connection)
    assert [(row.id, row.kind, row.name, row.address, row.enabled) for row in found] == [
        (email_channel, ChannelKind.EMAIL, "Support", SUPPORT, False),
        (sms, ChannelKind.SMS, "Texts", "+14155550100", True),
    ]


def test_the_settings_of_a_channel(store: Store, email_channel: str) -> None:
    with store.read() as connection:
        found = channel_settings(connection, email_channel)
        assert channel_settings(connection, new_id()) is None
    assert found is not None
    assert MailSettings.from_json(found) == mail_settings()


def test_a_setting_that_is_saved_as_it_is_is_no_news(store: Store, julia: str) -> None:
    heard: list[Changed] = []
    save = SaveSetting(actor=agent(julia), key="k", value={"a": [1]})
    done(store, save)
    store.subscribe(heard.append)
    outcome = done(store, replace(save, id=new_id()))
    assert [changed.kind for changed in heard if changed.kind == "setting"] == []
    assert outcome.undo is None
    done(store, replace(save, id=new_id(), value={"a": [2]}))
    assert [changed.kind for changed in heard if changed.kind == "setting"] == ["setting"]


def test_a_setting_or_its_default(store: Store, julia: str) -> None:
    for value in (False, 0, [1], {"a": None}, "x"):
        done(store, SaveSetting(actor=agent(julia), key="k", value=value))
        with store.read() as connection:
            assert setting(connection, "k", "default") == value
            assert setting(connection, "other", "default") == "default"
