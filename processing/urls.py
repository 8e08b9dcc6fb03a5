"""Addresses of processing."""

from __future__ import annotations

from django.urls import path, re_path

from processing.views import labels, worklist

app_name = "processing"
urlpatterns = [
    path("", worklist.Worklist.as_view(), name="worklist"),
    path("bench/", worklist.Bench.as_view(), name="bench"),
    path("labels/", labels.Labels.as_view(), name="labels"),
    path("labels/sheet/", labels.Sheet.as_view(), name="sheet"),
    path("labels/sheet/pages/", labels.SheetPicture.as_view(), name="sheet_picture"),
    path("labels/preview/", labels.SheetPreview.as_view(), name="sheet_preview"),
    path("labels/ruler/", labels.Ruler.as_view(), name="ruler"),
    path("labels/printed/", labels.SheetPrinted.as_view(), name="sheet_printed"),
    path("items/<int:pk>/start/", worklist.Start.as_view(), name="start"),
    path("jobs/<int:pk>/", worklist.JobDetail.as_view(), name="job"),
    path("jobs/<int:pk>/finish/", worklist.Finish.as_view(), name="finish"),
    re_path(
        r"^jobs/(?P<pk>\d+)/steps/(?P<code>[a-z_]{1,30})/(?P<verb>do|skip|undo)/$", worklist.Step.as_view(), name="step"
    ),
]
