"""Tax that a vendor charges, as QuickBooks keeps it, and what of it the goods cost.

In the US it is part of what the lines say. Elsewhere it stands beside them, for the bill as a whole: reclaimed, it is
QuickBooks' own business; not recoverable, QuickBooks books it where the lines are booked that bear it, and it belongs
to what is on them. A bill does not say which of the two it is, so the company does (policy "tax on purchases"), and a
bill with tax that cannot be told apart waits until it can.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any

from tieout.core.refusals import Refusal
from tieout.core.rounding import allocate

NOT_TAXED = ("", "NON")


class TaxNotUnderstood(Refusal):
    """A bill whose tax may or may not be part of what its goods cost."""

    code = "tax_not_understood"


def borne(document: Mapping[str, Any], lines: Sequence[Mapping[str, Any]], *, policy: str) -> list[Decimal]:
    """What of a document's tax each of these lines, all that post, costs beside its amount; in its currency."""
    tax = _money((document.get("TxnTaxDetail") or {}).get("TotalTax"))
    if not tax:
        return [Decimal(0)] * len(lines)
    _refuse_unclear(document, lines, tax, policy)
    if policy == "reclaimed":
        return [Decimal(0)] * len(lines)
    return _shared(tax, lines)


def _refuse_unclear(document: Mapping[str, Any], lines: Sequence[Mapping[str, Any]], tax: Decimal, policy: str) -> None:
    if policy == "undecided":
        raise TaxNotUnderstood(
            f"The bill has a tax of {tax:.2f}, and nobody has said yet whether tax on purchases is reclaimed or part "
            "of what goods cost. Say so under policies (“tax on purchases”)."
        )
    net = sum((_money(line.get("Amount")) for line in lines), Decimal(0))
    total = _money(document.get("TotalAmt"))
    if "TotalAmt" in document and net + tax != total:
        raise TaxNotUnderstood(
            f"The lines ({net:.2f}) and the tax ({tax:.2f}) of the bill are not its total ({total:.2f}). Enter its "
            "lines without tax in QuickBooks, or the tax as a line."
        )


def _shared(tax: Decimal, lines: Sequence[Mapping[str, Any]]) -> list[Decimal]:
    """As the lines say, else over those that have the one tax code, by their amounts."""
    said = [_money(_detail(line).get("TaxAmount")) for line in lines]
    if sum(said, Decimal(0)) == tax:
        return said
    codes = [str((_detail(line).get("TaxCodeRef") or {}).get("value") or "") for line in lines]
    taxed = sorted({code for code in codes if code not in NOT_TAXED})
    if len(taxed) > 1:
        raise TaxNotUnderstood(
            f"The lines have different taxes ({', '.join(taxed)}), and QuickBooks does not say how much of {tax:.2f} "
            "each line bears. Enter a bill for each tax, or the tax as lines."
        )
    weights = [
        abs(_money(line.get("Amount"))) if not taxed or code in taxed else Decimal(0)
        for line, code in zip(lines, codes, strict=True)
    ]
    if not any(weights):
        raise TaxNotUnderstood(f"The tax of {tax:.2f} stands on lines of 0.00. Enter the tax as a line.")
    return [Decimal(cents).scaleb(-2) for cents in allocate(int(tax * 100), over=weights)]


def _detail(line: Mapping[str, Any]) -> Mapping[str, Any]:
    found: Mapping[str, Any] = line.get(str(line.get("DetailType"))) or {}
    return found


def _money(said: object) -> Decimal:
    return Decimal(str(said or 0)).quantize(Decimal("0.01"))
