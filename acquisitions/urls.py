"""Addresses of acquisitions."""

from __future__ import annotations

from django.urls import path
from django.urls.resolvers import URLPattern

from acquisitions.views import carts, funds, lines, orders, requests, vendors

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

urlpatterns: list[URLPattern] = [*ORDERING]
