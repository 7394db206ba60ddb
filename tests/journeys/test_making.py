"""What the making of the demo does when the floor is not as the plan believes."""

from __future__ import annotations

from datetime import date

from tieout.demo import founding, making
from tieout.demo.doing import Crew
from tieout.demo.history import History
from tieout.demo.making import Extent


def test_the_history_goes_on_where_somebody_took_the_goods(transactional_db: None) -> None:
    company = founding.found()
    crew, evenings = Crew.of(company.pk), list[date]()
    founding.furnish(crew)  # and no opening stock: everything the first day wants is gone

    refused = making.live_through(
        crew, History(), Extent(1), evening=evenings.append, show=lambda on, done, count: None
    )

    assert [date(2026, 1, 2)] == evenings
    assert "insufficient_lot_qty" in {one.code for one in refused}
    assert any("lacks" in str(one) for one in refused)
