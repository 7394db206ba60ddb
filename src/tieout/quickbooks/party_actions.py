"""What a person says of names: which customer or vendor of QuickBooks it is."""

from __future__ import annotations

from tieout.access.acting import Act
from tieout.access.actions import action
from tieout.access.permissions import Permission
from tieout.quickbooks import parties


@action(Permission.CONNECT)
def link_name(act: Act, *, requested: int, known: int) -> str:
    """The name that the floor asked for is this one of QuickBooks; what was held for it goes on."""
    ours = parties.link(requested=requested, known=known)
    act.subject = ours.name
    return ours.name
