"""`tieout company`: add a company, add people, set how far its events reach."""

from __future__ import annotations

import argparse


def arguments(parser: argparse.ArgumentParser) -> None:
    parts = parser.add_subparsers(dest="part", required=True)
    new = parts.add_parser("add", help="a new company, preparing")
    new.add_argument("name")
    new.add_argument("--currency", default="USD")
    new.add_argument("--time-zone", default="America/New_York")
    parts.add_parser("list", help="the companies there are")
    person = parts.add_parser("person", help="a person and what they may do")
    person.add_argument("name")
    person.add_argument("role")
    person.add_argument("--password", default="")
    person.add_argument("--company")
    state = parts.add_parser("state", help="preparing, shadow, live or paused")
    state.add_argument("state")
    state.add_argument("--company")


def run(options: argparse.Namespace) -> int:
    from tieout.access import actors
    from tieout.access.models import Company, CompanyState
    from tieout.access.permissions import ActorRole
    from tieout.core.refusals import Refusal

    class NoSuchChoice(Refusal):
        """A word that is none of the choices."""

        code = "unknown_choice"

    def choice(kind: type[ActorRole] | type[CompanyState], word: str) -> str:
        if word not in [one.value for one in kind]:
            raise NoSuchChoice(f"“{word}” is none of: {', '.join(one.value for one in kind)}.")
        return word

    if options.part == "add":
        company = actors.found(options.name, currency=options.currency, time_zone=options.time_zone)
        print(f"{company.pk}  {company.name}  {company.state}")
    elif options.part == "list":
        for company in Company.objects.order_by("id"):
            print(f"{company.pk}  {company.name}  {company.state}")
    elif options.part == "person":
        company = actors.company(options.company)
        role = ActorRole(choice(ActorRole, options.role))
        actors.engage(company.pk, options.name, role, password=options.password)
        print(f"{options.name} is {role} at {company.name}.")
    else:
        company = actors.company(options.company)
        actors.set_state(company.pk, CompanyState(choice(CompanyState, options.state)))
        print(f"{company.name} is {options.state}.")
    return 0
