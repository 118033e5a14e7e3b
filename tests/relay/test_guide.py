"""The relay's guide says what is: its options, its example signature, its policy for strict pages."""

from __future__ import annotations

import argparse
import re
from pathlib import Path

from inbox_desktop.relay import cli
from inbox_desktop.relay.keys import identity_signature

GUIDE = (Path(__file__).parents[2] / "docs" / "relay.md").read_text("utf-8")


def commands() -> dict[str, argparse.ArgumentParser]:
    """The command's sub-commands by name."""
    actions = cli._parser()._actions
    choices = next(one for one in actions if isinstance(one, argparse._SubParsersAction)).choices
    return dict(choices)


def test_the_table_names_every_option_of_serve() -> None:
    rows = "".join(re.findall(r"^\| `--.*?` \|", GUIDE, re.MULTILINE))
    options = {one for action in commands()["serve"]._actions for one in action.option_strings}
    assert set(re.findall(r"--[a-z-]+", rows)) == options - {"-h", "--help"}


def test_every_command_is_named_and_no_other() -> None:
    named = set(re.findall(r"inbox-relay ([a-z][a-z-]+)", GUIDE)) | {"init", "invite", "desktops"}
    assert named - {"serve"} == commands().keys() - {"serve"}
    assert all(f"`{name}`" in GUIDE for name in ("init", "invite", "desktops", "revoke", "new-epoch"))


def test_the_example_signature_is_the_one_that_is_checked() -> None:
    found = re.search(r"the secret `(\w+)`, the id `(\w+)` and the address `(\S+)` give\n`(\w+)`", GUIDE)
    assert found is not None
    secret, customer, address, signature = found.groups()
    assert identity_signature(secret, customer, address) == signature


def test_the_policy_is_the_one_that_is_tested_in_the_browser() -> None:
    from tests.browser.test_strict_page import strict_policy

    tested = strict_policy("https://chat.shop.example")
    for directive in ("script-src", "connect-src", "img-src"):
        told = re.search(rf"^    ({directive} .*?);$", GUIDE, re.MULTILINE)
        assert told is not None
        assert told[1] in tested
