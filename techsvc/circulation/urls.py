"""Addresses of circulation."""

from __future__ import annotations

from django.urls import path, re_path

from techsvc.circulation.views import holds, patrons

app_name = "circulation"
urlpatterns = [
    path("holds/", holds.Holds.as_view(), name="holds"),
    path("holds/<int:pk>/", holds.HoldDetail.as_view(), name="hold"),
    re_path(r"^holds/(?P<pk>\d+)/(?P<verb>collect|release|cancel)/$", holds.HoldVerb.as_view(), name="hold_verb"),
    path("titles/<int:record>/hold/", holds.NewHold.as_view(), name="hold_new"),
    path("patrons/", patrons.Patrons.as_view(), name="patrons"),
    path("patrons/new/", patrons.NewPatron.as_view(), name="patron_new"),
    path("patrons/<uuid:pk>/", patrons.PatronDetail.as_view(), name="patron"),
    path("patrons/<uuid:pk>/edit/", patrons.EditPatron.as_view(), name="patron_edit"),
    path("patrons/<uuid:pk>/sever/", patrons.SeverPatron.as_view(), name="patron_sever"),
]
