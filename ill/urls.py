"""Addresses of interlibrary loan."""

from __future__ import annotations

from django.urls import path

from ill.views import borrowing

app_name = "ill"
urlpatterns = [
    path("", borrowing.Requests.as_view(), name="requests"),
    path("new/", borrowing.NewRequest.as_view(), name="request_new"),
    path("<int:pk>/", borrowing.RequestDetail.as_view(), name="request"),
    path("<int:pk>/send/", borrowing.Send.as_view(), name="send"),
    path("<int:pk>/ship/", borrowing.Ship.as_view(), name="ship"),
    path("<int:pk>/receive/", borrowing.Receive.as_view(), name="receive"),
    path("<int:pk>/return/", borrowing.Return.as_view(), name="return"),
    path("<int:pk>/complete/", borrowing.Complete.as_view(), name="complete"),
    path("<int:pk>/refuse/", borrowing.Refuse.as_view(), name="refuse"),
    path("<int:pk>/cancel/", borrowing.Cancel.as_view(), name="cancel"),
]
