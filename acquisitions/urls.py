"""Addresses of acquisitions."""

from __future__ import annotations

from django.urls import path
from django.urls.resolvers import URLPattern

from acquisitions.views import (
    bench,
    carts,
    claims,
    entering,
    funds,
    invoices,
    lines,
    matching,
    messages,
    orders,
    receiving,
    reports,
    requests,
    vendors,
)

app_name = "acquisitions"

ORDERING: list[URLPattern] = [
    path("requests/", requests.Requests.as_view(), name="requests"),
    path("requests/new/", requests.RequestNew.as_view(), name="request_new"),
    path("requests/approve/", requests.RequestsApprove.as_view(), name="requests_approve"),
    path("requests/<int:pk>/", requests.RequestDetail.as_view(), name="request"),
    path("requests/<int:pk>/approve/", requests.RequestApprove.as_view(), name="request_approve"),
    path("requests/<int:pk>/decline/", requests.RequestDecline.as_view(), name="request_decline"),
    path("requests/<int:pk>/order/", requests.RequestOrder.as_view(), name="request_order"),
    path("carts/", carts.Carts.as_view(), name="carts"),
    path("carts/new/", carts.CartNew.as_view(), name="cart_new"),
    path("carts/<int:pk>/", carts.CartDetail.as_view(), name="cart"),
    path("carts/<int:pk>/codes/", carts.CartCodes.as_view(), name="cart_codes"),
    path("carts/<int:pk>/order/", carts.CartOrder.as_view(), name="cart_order"),
    path("carts/<int:pk>/enter/", carts.CartEnter.as_view(), name="cart_enter"),
    path("carts/<int:pk>/discard/", carts.CartDiscard.as_view(), name="cart_discard"),
    path("carts/titles/<int:pk>/leave-out/", carts.TitleLeaveOut.as_view(), name="title_leave_out"),
    path("carts/titles/<int:pk>/put-back/", carts.TitlePutBack.as_view(), name="title_put_back"),
    path("carts/titles/<int:pk>/complete/", carts.TitleComplete.as_view(), name="title_complete"),
    path("orders/", orders.Orders.as_view(), name="orders"),
    path("orders/new/", orders.OrderNew.as_view(), name="order_new"),
    path("orders/<int:pk>/", orders.OrderDetail.as_view(), name="order"),
    path("orders/<int:pk>/add/", orders.OrderAddLine.as_view(), name="order_add_line"),
    path("orders/<int:pk>/place/", orders.OrderPlace.as_view(), name="order_place"),
    path("lines/<int:pk>/", lines.LineDetail.as_view(), name="line"),
    path("lines/<int:pk>/cancel/", lines.LineCancel.as_view(), name="line_cancel"),
    path("lines/<int:pk>/back-order/", lines.LineBackOrder.as_view(), name="line_back_order"),
    path("funds/", funds.Funds.as_view(), name="funds"),
    path("funds/new/", funds.FundNew.as_view(), name="fund_new"),
    path("funds/years/", funds.Years.as_view(), name="years"),
    path("funds/years/new/", funds.YearNew.as_view(), name="year_new"),
    path("funds/years/<int:pk>/close/", funds.YearClose.as_view(), name="year_close"),
    path("funds/<int:pk>/", funds.FundDetail.as_view(), name="fund"),
    path("funds/<int:pk>/edit/", funds.FundEdit.as_view(), name="fund_edit"),
    path("funds/<int:pk>/allocate/", funds.FundAllocate.as_view(), name="fund_allocate"),
    path("funds/<int:pk>/transfer/", funds.FundTransfer.as_view(), name="fund_transfer"),
    path("vendors/", vendors.Vendors.as_view(), name="vendors"),
    path("vendors/new/", vendors.VendorNew.as_view(), name="vendor_new"),
    path("vendors/<int:pk>/", vendors.VendorDetail.as_view(), name="vendor"),
    path("vendors/<int:pk>/edit/", vendors.VendorEdit.as_view(), name="vendor_edit"),
    path("vendors/codes/<int:pk>/", vendors.VendorCode.as_view(), name="vendor_code"),
]

RECEIVING: list[URLPattern] = [
    path("receiving/", receiving.Receive.as_view(), name="receive"),
    path("orders/<int:pk>/receive/", receiving.OrderReceive.as_view(), name="order_receive"),
    path("lines/<int:pk>/claim/", claims.LineClaim.as_view(), name="line_claim"),
    path("receiving/new/", receiving.ShipmentNew.as_view(), name="shipment_new"),
    path("receiving/shipments/", receiving.Shipments.as_view(), name="shipments"),
    path("receiving/<int:pk>/", receiving.ShipmentDetail.as_view(), name="shipment"),
    path("receiving/<int:pk>/open/", receiving.ShipmentOpen.as_view(), name="shipment_open"),
    path("receiving/<int:pk>/bench/", bench.Bench.as_view(), name="bench"),
    path("claims/", claims.Claims.as_view(), name="claims"),
    path("claims/send/", claims.ClaimsSend.as_view(), name="claims_send"),
    path("claims/drop/", claims.ClaimsDrop.as_view(), name="claims_drop"),
    path("claims/<int:pk>/", claims.ClaimDetail.as_view(), name="claim"),
    path("claims/<int:pk>/edit/", claims.ClaimEdit.as_view(), name="claim_edit"),
    path("claims/<int:pk>/send/", claims.ClaimSend.as_view(), name="claim_send"),
    path("claims/<int:pk>/settle/", claims.ClaimVerb.as_view(verb="settle"), name="claim_settle"),
    path("claims/<int:pk>/drop/", claims.ClaimVerb.as_view(verb="drop"), name="claim_drop"),
    path("claims/<int:pk>/reopen/", claims.ClaimVerb.as_view(verb="reopen"), name="claim_reopen"),
]

PAYING: list[URLPattern] = [
    path("invoices/", invoices.Invoices.as_view(), name="invoices"),
    path("invoices/new/", entering.InvoiceNew.as_view(), name="invoice_new"),
    path("invoices/new/<int:vendor>/", entering.InvoiceFor.as_view(), name="invoice_for"),
    path("invoices/approve/", invoices.InvoicesApprove.as_view(), name="invoices_approve"),
    path("invoices/<int:pk>/", invoices.InvoiceDetail.as_view(), name="invoice"),
    path("invoices/<int:pk>/approve/", invoices.Approve.as_view(), name="invoice_approve"),
    path("invoices/<int:pk>/unapprove/", invoices.Unapprove.as_view(), name="invoice_unapprove"),
    path("invoices/<int:pk>/refuse/", invoices.Refuse.as_view(), name="invoice_refuse"),
    path("invoices/<int:pk>/reopen/", invoices.Reopen.as_view(), name="invoice_reopen"),
    path("invoices/<int:pk>/charge/", matching.AddCharge.as_view(), name="invoice_charge"),
    path("invoices/charges/<int:pk>/fund/", matching.ChargeFund.as_view(), name="charge_fund"),
    path("invoices/lines/<int:pk>/accept/", matching.AcceptPrice.as_view(), name="invoice_accept"),
    path("invoices/lines/<int:pk>/hold/<int:copies>/", matching.HoldLine.as_view(), name="invoice_hold"),
    path("invoices/lines/<int:pk>/receive/", matching.ReceiveLine.as_view(), name="invoice_receive"),
    path("invoices/lines/<int:pk>/assign/", matching.AssignLine.as_view(), name="invoice_assign"),
    path("messages/", messages.Messages.as_view(), name="messages"),
    path("messages/<int:pk>/", messages.MessageDetail.as_view(), name="message"),
    path("messages/<int:pk>/apply/", messages.MessageApply.as_view(), name="message_apply"),
    path("messages/<int:pk>/again/", messages.MessageAgain.as_view(), name="message_again"),
    path("messages/issues/<int:pk>/settle/", messages.IssueSettle.as_view(), name="issue_settle"),
]

REPORTS: list[URLPattern] = [
    path("reports/funds/", reports.FundReport.as_view(), name="fund_report"),
    path("reports/vendors/", reports.VendorReport.as_view(), name="vendor_report"),
]

urlpatterns: list[URLPattern] = [*ORDERING, *RECEIVING, *PAYING, *REPORTS]
