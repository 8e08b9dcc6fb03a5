"""Addresses of cataloging."""

from __future__ import annotations

from django.urls import path, re_path

from cataloging.views import (
    adding,
    catalog,
    downloads,
    duplicates,
    headings,
    item_changes,
    items,
    load_profiles,
    loads,
    merging,
    records,
    shelf,
    versions,
)

app_name = "cataloging"
urlpatterns = [
    path("", catalog.Records.as_view(), name="records"),
    path("headings/", headings.Headings.as_view(), name="headings"),
    path("records/<int:pk>/", records.RecordDetail.as_view(), name="record"),
    path("records/<int:pk>/marc/<str:form>/", downloads.RecordFile.as_view(), name="record_file"),
    path("records/<int:pk>/overlay/", records.RecordOverlay.as_view(), name="record_overlay"),
    path("records/<int:pk>/overlay/<int:incoming>/", records.RecordCompare.as_view(), name="record_compare"),
    path("records/<int:pk>/versions/<int:version>/", versions.VersionDetail.as_view(), name="record_version"),
    path(
        "records/<int:pk>/versions/<int:version>/over/<int:seen>/",
        versions.RecordRestore.as_view(),
        name="record_restore",
    ),
    path("records/<int:pk>/revive/", versions.RecordRevive.as_view(), name="record_revive"),
    path("records/<int:pk>/label/", items.NextLabel.as_view(), name="record_label"),
    path("records/<int:pk>/items/add/", adding.AddItems.as_view(), name="record_add_items"),
    path("records/<int:pk>/items/add/as/", adding.AddingHabits.as_view(), name="record_adding"),
    path("records/<int:pk>/merge/<int:other>/", merging.MergeRecords.as_view(), name="record_merge"),
    path("duplicates/", duplicates.Duplicates.as_view(), name="duplicates"),
    path("duplicates/search/", duplicates.DuplicatesSearch.as_view(), name="duplicates_search"),
    path("duplicates/<int:pk>/dismiss/", duplicates.DuplicateDismiss.as_view(), name="duplicate_dismiss"),
    path("items/", items.Items.as_view(), name="items"),
    path("items/<int:pk>/", items.ItemDetail.as_view(), name="item"),
    path("items/<int:pk>/label/", items.ItemLabel.as_view(), name="item_label"),
    path("items/shelf/", shelf.ShelfList.as_view(), name="shelf"),
    path("items/<int:pk>/shelf/", shelf.Beside.as_view(), name="item_shelf"),
    path("items/change/", item_changes.ItemsChange.as_view(), name="items_change"),
    path("items/<int:pk>/edit/", item_changes.ItemEdit.as_view(), name="item_edit"),
    path("items/<int:pk>/state/<str:verb>/", item_changes.ItemMove.as_view(), name="item_state"),
    path("records/<int:pk>/suppress/<str:hide>/", item_changes.RecordSuppress.as_view(), name="record_suppress"),
    path("to-catalog/", items.ToCatalog.as_view(), name="to_catalog"),
    path("to-catalog/scan/", items.Scan.as_view(), name="scan"),
    path("loads/", loads.Loads.as_view(), name="loads"),
    path("loads/new/", loads.LoadNew.as_view(), name="load_new"),
    path("loads/profiles/", load_profiles.LoadProfiles.as_view(), name="load_profiles"),
    path("loads/profiles/new/", load_profiles.LoadProfileNew.as_view(), name="load_profile_new"),
    path("loads/profiles/usual/", load_profiles.LoadProfilesUsual.as_view(), name="load_profiles_usual"),
    path("loads/profiles/<int:pk>/", load_profiles.LoadProfileDetail.as_view(), name="load_profile"),
    path("loads/profiles/<int:pk>/edit/", load_profiles.LoadProfileEdit.as_view(), name="load_profile_edit"),
    path("loads/profiles/<int:pk>/copy/", load_profiles.LoadProfileCopy.as_view(), name="load_profile_copy"),
    re_path(
        "^loads/profiles/(?P<pk>[0-9]+)/offer/(?P<offer>on|off)/$",
        load_profiles.LoadProfileOffer.as_view(),
        name="load_profile_offer",
    ),
    path("loads/<int:pk>/", loads.LoadDetail.as_view(), name="load"),
    path("loads/<int:pk>/rows/", loads.LoadRows.as_view(), name="load_rows"),
    path("loads/<int:pk>/commit/", loads.LoadCommit.as_view(), name="load_commit"),
    path("loads/<int:pk>/discard/", loads.LoadDiscard.as_view(), name="load_discard"),
    path("loads/rows/<int:pk>/<str:decision>/", loads.LoadDecide.as_view(), name="load_decide"),
]
