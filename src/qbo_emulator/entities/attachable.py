"""Attachable: a file or a note on other objects.

The file itself comes through `/upload` and is fetched by a link that is good for a while.
"""

from collections.abc import Iterable

from qbo_emulator import faults
from qbo_emulator.company import Company
from qbo_emulator.entities.entity import Act, Entity
from qbo_emulator.record import Record
from qbo_emulator.shape import HEAD, Body, Shape, flag, given, hidden, ignored, several, text, typed_ref

CONTENT = "Content"
"""The file itself, in base 64."""
REF = Shape(
    "AttachableRef",
    (
        typed_ref("EntityRef"),
        text("LineInfo"),
        flag("IncludeOnSend"),
        *ignored("NoRefOnly", "Inactive", "CustomField", "AttachableRefEx"),
    ),
)


class Attachable(Entity):
    name = "Attachable"
    sequence = "Attachable"
    operations = frozenset({"create", "read", "query", "update", "delete"})
    cacheable = False
    guarded = False
    shape = Shape(
        "Attachable",
        (
            text("FileName", 1000),
            given("FileAccessUri"),
            given("TempDownloadUri"),
            given("Size"),
            text("ContentType", 100),
            text("Note", 2000),
            text("Category", 100),
            text("Tag", 2000),
            *HEAD,
            several("AttachableRef", REF),
            hidden(CONTENT),
            *ignored("ThumbnailFileAccessUri", "ThumbnailTempDownloadUri", "PlaceName", "Lat", "Long", "status"),
            *ignored("CustomField", "AttachableEx", "PrivateNote"),
        ),
    )
    filters = {
        "AttachableRef.EntityRef.Type": "texts",
        "AttachableRef.EntityRef.value": "texts",
        "FileName": "text",
    }

    def required(self, body: Body) -> Iterable[faults.Error]:
        if not body.get("FileName") and not body.get("Note"):
            yield faults.missing("Note")
        for each in body.get("AttachableRef", ()):
            if "EntityRef" not in each:
                yield faults.missing("EntityRef")

    def check_references(self, company: Company, body: Body) -> None:
        for each in body.get("AttachableRef", ()):
            kind, identity = each["EntityRef"].get("of", ""), each["EntityRef"]["value"]
            if company.find(kind, identity) is None:
                raise faults.no_such_link(kind, identity)

    def completed(self, company: Company, body: Body, stored: Record | None, act: Act) -> Body:
        """What was uploaded stays, whatever else is changed."""
        kept = {name: stored.body[name] for name in (CONTENT, "Size") if name in stored.body} if stored else {}
        complete = {**kept, **body}
        if "AttachableRef" in complete:
            complete["AttachableRef"] = [{"IncludeOnSend": False, **each} for each in complete["AttachableRef"]]
        return complete

    def derived(self, company: Company, record: Record) -> Body:
        if CONTENT not in record.body:
            return {}
        return {
            "FileAccessUri": f"/v3/company/{company.realm_id}/download/{record.id}",
            "TempDownloadUri": company.link_to_file(record.id),
        }

    def several_of(self, record: Record, name: str) -> list[str]:
        key = "of" if name.endswith("Type") else "value"
        return [str(each["EntityRef"].get(key, "")).casefold() for each in record.body.get("AttachableRef", ())]
