"""Every address: one prefix for each department, and the work room at the root."""

from __future__ import annotations

from django.contrib import admin
from django.urls import include, path

from techsvc.kernel.views import health

handler500 = "techsvc.kernel.views.failures.failed"
urlpatterns = [
    path("healthz", health.healthz, name="healthz"),
    path("readyz", health.readyz, name="readyz"),
    path("console/", include("techsvc.kernel.urls")),
    path("accounts/", include("techsvc.kernel.accounts")),
    path("catalog/", include("cataloging.urls")),
    path("circulation/", include("techsvc.circulation.urls")),
    path("acquisitions/", include("acquisitions.urls")),
    path("ill/", include("ill.urls")),
    path("processing/", include("processing.urls")),
    path("admin/", admin.site.urls),
    path("", include("techsvc.workroom.urls")),
]
