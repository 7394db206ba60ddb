"""What lines bear of a tax: all of it, to the cent, and only those that are taxed."""

from decimal import Decimal
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from tieout.purchasing.bill_tax import borne

DETAIL = "AccountBasedExpenseLineDetail"
amounts = st.decimals("0.01", "1000000", places=2)


def line(amount: Decimal, code: str) -> dict[str, Any]:
    return {"Amount": amount, "DetailType": DETAIL, DETAIL: {"TaxCodeRef": {"value": code}}}


@given(lines=st.lists(st.tuples(amounts, st.sampled_from(["NON", "5"])), min_size=1, max_size=12), tax=amounts)
def test_lines_bear_all_of_a_tax_and_no_line_without_it_any(lines: list[tuple[Decimal, str]], tax: Decimal) -> None:
    written = [line(amount, code) for amount, code in lines]
    shares = borne({"TxnTaxDetail": {"TotalTax": tax}}, written, policy="cost")

    assert tax == sum(shares)
    if any(code == "5" for _, code in lines):
        assert all(not share for share, (_, code) in zip(shares, lines, strict=True) if code == "NON")


@given(lines=st.lists(amounts, min_size=1, max_size=12), tax=amounts)
def test_what_is_reclaimed_no_line_bears(lines: list[Decimal], tax: Decimal) -> None:
    written = [line(amount, "5") for amount in lines]

    assert not any(borne({"TxnTaxDetail": {"TotalTax": tax}}, written, policy="reclaimed"))
