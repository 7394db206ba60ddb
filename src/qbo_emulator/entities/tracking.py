"""Class and Department (which people know as Location): the two marks a line can carry."""

from collections.abc import Iterable

from qbo_emulator import faults
from qbo_emulator.company import Company
from qbo_emulator.entities import tree
from qbo_emulator.entities.entity import Act, Entity
from qbo_emulator.record import Record
from qbo_emulator.shape import HEAD, Body, Shape, flag, given, ignored, ref, text


class TrackingEntity(Entity):
    indexed = ("Name", "FullyQualifiedName")
    group: str
    sub_mark: str

    def required(self, body: Body) -> Iterable[faults.Error]:
        if not body.get("Name"):
            yield faults.missing("Name")

    def check_references(self, company: Company, body: Body) -> None:
        parent = body.get("ParentRef")
        if parent and company.find(self.name, parent["value"]) is None:
            raise faults.dangling_reference(self.group, parent["value"])

    def completed(self, company: Company, body: Body, stored: Record | None, act: Act) -> Body:
        complete = tree.with_deleted_mark({**body, "Active": body.get("Active", True)}, "Name", stored)
        tree.check_letters(complete["Name"], "Name", ":\t\n")
        tree.check_place(company, self.name, complete, stored)
        complete[self.sub_mark] = "ParentRef" in complete
        complete["FullyQualifiedName"] = tree.full_name(company, self.name, complete, "Name")
        for other in company.where(self.name, "FullyQualifiedName", complete["FullyQualifiedName"]):
            if stored is None or other.id != stored.id:
                raise faults.duplicate_name("null")
        return complete

    def changed(self, company: Company, record: Record, before: Body) -> None:
        if before.get("FullyQualifiedName") != record.body["FullyQualifiedName"]:
            tree.rename_below(company, self, record, "Name")

    def in_default_order(self, company: Company, records: Iterable[Record]) -> list[Record]:
        return sorted(records, key=lambda each: str(each.body["FullyQualifiedName"]).casefold())


def _shape(name: str, sub_mark: str) -> Shape:
    properties = (
        text("Name", 100),
        flag(sub_mark, read_only=True),
        ref("ParentRef", ""),
        given("FullyQualifiedName"),
        flag("Active"),
        *HEAD,
        *ignored("status", "CustomField", "AttachableRef", "Address", f"{name}Ex"),
    )
    return Shape(name, properties)


class Class(TrackingEntity):
    name = "Class"
    sequence = "Class"
    group = "Klasses"
    sub_mark = "SubClass"
    shape = _shape("Class", "SubClass")
    filters = {"Name": "text", "Active": "flag", "FullyQualifiedName": "text", "SubClass": "flag"}

    def needs_plus(self, body: Body) -> bool:
        return True


class Department(TrackingEntity):
    name = "Department"
    sequence = "Department"
    group = "Depts"
    sub_mark = "SubDepartment"
    shape = _shape("Department", "SubDepartment")
    filters = {"Name": "text", "Active": "flag", "FullyQualifiedName": "text", "SubDepartment": "flag"}
