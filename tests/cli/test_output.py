"""What the headless commands print of a message."""

import pytest

from inbox_desktop.cli.output import message_lines
from inbox_desktop.models.kinds import DeliveryState, Direction, MessageKind
from inbox_desktop.models.queries.rows import DeliveryRow, RecipientRow
from tests.ui.thread.rows import delivery, message

WHY = "Not sent: the provider knows no such number. (21211)"


@pytest.mark.parametrize(
    ("state", "below"),
    [
        (delivery(DeliveryState.SENT), []),
        (delivery(DeliveryState.FAILED, detail=WHY), [f"  {WHY}"]),
        (
            delivery(
                DeliveryState.FAILED,
                detail=WHY,
                recipients=(
                    RecipientRow("+14155550100", DeliveryState.FAILED, WHY),
                    RecipientRow("bo@x.example", DeliveryState.FAILED, "no such user"),
                ),
            ),
            [f"  {WHY}", "  bo@x.example: no such user"],
        ),
    ],
)
def test_a_message_that_failed_says_why(state: DeliveryRow, below: list[str]) -> None:
    row = message(
        direction=Direction.OUTBOUND, kind=MessageKind.REPLY, visible_text="On its way.", delivery=state
    )
    head, *told = message_lines(row).splitlines()
    assert head.endswith(f"[{state.state.value}]")
    assert told == [*below, "On its way."]
