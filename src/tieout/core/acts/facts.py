"""Every kind of event's stored input."""

from __future__ import annotations

from tieout.core.acts.accounts import Reclassify
from tieout.core.acts.corrections import Late, Match, Reverse, WriteDown
from tieout.core.acts.goods import Count, Leave, Receive, Recognise
from tieout.core.acts.returns import SendBack
from tieout.core.acts.runs import Absorb, Issue, Report

Facts = (
    Receive
    | Leave
    | Recognise
    | Issue
    | Absorb
    | Report
    | Count
    | Reverse
    | Late
    | SendBack
    | WriteDown
    | Match
    | Reclassify
)
"""The stored input of an event, by its tag."""
