"""Which test holds to which line of the checklist: its numbers are in its name, `test_056_057_…`."""

import ast
import re
from collections.abc import Iterable, Mapping
from pathlib import Path

LAST = 172
SECTIONS = {
    "A OAuth": (1, 17),
    "B HTTP and envelope": (18, 40),
    "C requestid": (41, 52),
    "D JournalEntry": (53, 82),
    "E Bill, PurchaseOrder, VendorCredit, BillPayment": (83, 99),
    "F Invoice, CreditMemo, Payment": (100, 107),
    "G Lists": (108, 126),
    "H Query": (127, 141),
    "I Batch, CDC, webhooks, reports": (142, 160),
    "J Faults, limits, operations": (161, 172),
}
NUMBERS = re.compile(r"test_((?:\d{3}_)+)")


def numbers(test: str) -> list[int]:
    match = NUMBERS.match(test)
    return [int(each) for each in match[1].split("_") if each] if match else []


def tests_by_number() -> dict[int, list[str]]:
    found: dict[int, list[str]] = {}
    for path in sorted(Path(__file__).parent.glob("test_*.py")):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.FunctionDef):
                for n in numbers(node.name):
                    found.setdefault(n, []).append(node.name)
    return found


def table(found: Mapping[int, Iterable[object]]) -> str:
    lines = ["", "Fidelity checklist: lines with a test of their own"]
    for section, (first, last) in SECTIONS.items():
        held = [n for n in range(first, last + 1) if found.get(n)]
        lines.append(f"  {section}: {len(held)} of {last - first + 1}")
    return "\n".join(lines)


def verdict(outcomes: Mapping[int, set[str]]) -> str:
    """After a run: a line is held when all its tests passed."""
    held = sorted(n for n, seen in outcomes.items() if seen == {"passed"})
    lines = [f"Fidelity checklist: {len(held)} of {LAST} lines passed: {_ranges(held)}"]
    for word in ("failed", "skipped"):
        other = sorted(n for n, seen in outcomes.items() if word in seen)
        if other:
            lines.append(f"Fidelity checklist: {word}: {_ranges(other)}")
    return "\n".join(lines)


def _ranges(found: list[int]) -> str:
    """`1-17, 19`."""
    parts: list[list[int]] = []
    for n in found:
        if parts and parts[-1][1] == n - 1:
            parts[-1][1] = n
        else:
            parts.append([n, n])
    return ", ".join(str(first) if first == last else f"{first}-{last}" for first, last in parts)
