"""Pictures of traces: every cent is drawn, boxes stay few, and no circle arises from joining them."""

from __future__ import annotations

from typing import Any

from tieout.web import pictures


def node(id: str, kind: str, title: str, cents: int) -> dict[str, Any]:
    return {"id": id, "kind": kind, "title": title, "cents": cents}


def link(source: str, target: str, cents: int) -> dict[str, Any]:
    return {"source": source, "target": target, "cents": cents, "quantity": 0, "unit": ""}


def small() -> pictures.Found:
    return {
        "nodes": [
            node("r", "receipt", "receipt RCV-1 of PO-1 from Bee & Co, 2026-01-08", 300),
            node("l", "lot", "HONEY lot H-1", 300),
            node("s", "shipment", "shipment SHP-1 to Green Grocer, 2026-01-09", 300),
        ],
        "links": [link("r", "l", 300), link("l", "s", 300)],
    }


def large(receipts: int = 200) -> pictures.Found:
    """Many receipts of two items into many runs into one shipment."""
    nodes, links = [node("s", "shipment", "shipment SHP-1 to Green Grocer, 2026-01-09", 100 * receipts)], []
    for n in range(receipts):
        sku = "HONEY" if n % 2 else "OIL"
        nodes += [
            node(f"r{n}", "receipt", f"receipt RCV-{n} of PO-{n} from Bee {n % 5}, 2026-01-08", 100),
            node(f"l{n}", "lot", f"{sku} lot L-{n}", 100),
            node(f"p{n}", "run", f"run RUN-{n} of POT at MILL", 100),
            node(f"o{n}", "lot", f"POT lot P-{n}", 100),
        ]
        links += [
            link(f"r{n}", f"l{n}", 100),
            link(f"l{n}", f"p{n}", 100),
            link(f"p{n}", f"o{n}", 100),
            link(f"o{n}", "s", 100),
        ]
    return {"nodes": nodes, "links": links}


def into(picture: pictures.Found, column: str) -> float:
    return sum(one["value"] for one in picture["links"] if one["target"].startswith(column))


def test_a_small_picture_names_things_as_their_papers_do() -> None:
    picture = pictures.sankey(small())

    assert picture is not None
    assert ["RCV-1 from Bee & Co", "HONEY · H-1", "SHP-1 to Green Grocer"] == [one["label"] for one in picture["nodes"]]
    assert [3.0, 3.0] == [one["value"] for one in picture["links"]]


def test_a_large_picture_has_three_columns_and_every_dollar() -> None:
    picture = pictures.sankey(large())

    assert picture is not None
    assert len(picture["nodes"]) <= pictures.MOST
    assert {"Bee 0", "Bee 4", "POT", "Green Grocer"} <= {one["label"] for one in picture["nodes"]}
    assert 200.0 == round(into(picture, "1:"), 2) == round(into(picture, "2:"), 2)


def test_what_is_small_is_joined_within_its_column() -> None:
    found = large(15)
    picture = pictures.sankey(found)

    assert picture is not None
    assert any(one["label"].endswith("(7)") or "lots" in one["label"] for one in picture["nodes"])
    assert 15.0 == round(into(picture, "4:"), 2)


def test_nothing_or_a_circle_is_not_drawn() -> None:
    assert pictures.sankey({"nodes": [], "links": []}) is None
    found = small()
    found["links"].append(link("s", "r", 300))

    assert pictures.sankey(found) is None
