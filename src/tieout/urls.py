"""Addresses: pages for people at the root."""

from __future__ import annotations

from django.urls import path

from tieout.web import (
    audit,
    bills,
    connect,
    home,
    invoices,
    journal,
    mapping,
    receipts,
    reconciliation,
    run_work,
    runs,
    scan,
    shipments,
    signing_in,
    stock,
    stock_work,
    tie_out,
    trace,
    transfers,
    webhook,
)

urlpatterns = [
    path("sign-in", signing_in.companies, name="sign-in"),
    path("sign-in/<int:company>", signing_in.door, name="door"),
    path("sign-out", signing_in.leave, name="sign-out"),
    path("", home.home, name="home"),
    path("scan", scan.scan, name="scan"),
    path("stock", stock.stock, name="stock"),
    path("stock/items/<path:sku>", stock.item, name="item"),
    path("stock/lots/<int:lot>", stock.lot, name="lot"),
    path("receipts", receipts.receipts, name="receipts"),
    path("receipts/new", receipts.choose, name="new-receipt"),
    path("receipts/new/<path:order>", receipts.receive, name="receive"),
    path("receipts/<path:number>", receipts.receipt, name="receipt"),
    path("runs", runs.runs, name="runs"),
    path("runs/new", runs.plan, name="new-run"),
    path("runs/at/<path:number>/issue", run_work.issue, name="issue"),
    path("runs/at/<path:number>/return", run_work.give_back, name="return"),
    path("runs/at/<path:number>/hours", run_work.hours, name="hours"),
    path("runs/at/<path:number>/report", run_work.report, name="report"),
    path("runs/at/<path:number>/take-back", run_work.take_back, name="take-back-run"),
    path("runs/<path:number>", runs.run, name="run"),
    path("shipments", shipments.shipments, name="shipments"),
    path("shipments/new", shipments.ship, name="new-shipment"),
    path("shipments/<path:number>", shipments.shipment, name="shipment"),
    path("invoices", invoices.invoices, name="invoices"),
    path("invoices/waiting", invoices.waiting, name="invoices-waiting"),
    path("bills", bills.bills, name="bills"),
    path("bills/accruals", bills.open_accruals, name="accruals"),
    path("bills/<int:id>", bills.bill, name="bill"),
    path("transfers", transfers.transfers, name="transfers"),
    path("transfers/new", transfers.send, name="new-transfer"),
    path("count", stock_work.count, name="count"),
    path("found", stock_work.found, name="found"),
    path("scrap", stock_work.scrap, name="scrap"),
    path("journal", journal.journal, name="journal"),
    path("journal/<int:id>", journal.entry, name="entry"),
    path("events/<path:number>", journal.event, name="event"),
    path("trace", trace.search, name="trace"),
    path("trace/<path:name>", trace.trace, name="trace-of"),
    path("tie-out", tie_out.tie_out, name="tie-out"),
    path("reconciliation", reconciliation.reconciliation, name="reconciliation"),
    path("mapping", mapping.mapping, name="mapping"),
    path("mapping/reclassify", reconciliation.reclassify, name="reclassify"),
    path("mapping/contract", mapping.contract, name="contract"),
    path("audit", audit.audit, name="audit"),
    path("quickbooks", connect.connect, name="quickbooks"),
    path("quickbooks/return", connect.back, name="quickbooks-return"),
    path("webhooks/quickbooks", webhook.quickbooks, name="webhook"),
]

handler400 = "tieout.web.trouble.bad_request"
handler403 = "tieout.web.trouble.not_allowed"
handler404 = "tieout.web.trouble.not_found"
handler500 = "tieout.web.trouble.broken"
