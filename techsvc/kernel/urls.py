"""Addresses of the console, messages and printing."""

from __future__ import annotations

from django.urls import path, re_path

from techsvc.kernel.views import calendar, console, history, messages, notices, people, places, printing, rail

app_name = "kernel"
urlpatterns = [
    path("", console.Console.as_view(), name="console"),
    path("waiting/", rail.Waiting.as_view(), name="waiting"),
    path("undo/<int:pk>/", history.UndoEvent.as_view(), name="undo"),
    path("history/", console.History.as_view(), name="history"),
    path("looks/", console.Looks.as_view(), name="looks"),
    path("jobs/", console.Jobs.as_view(), name="jobs"),
    path("jobs/<int:pk>/cancel/", console.CancelJob.as_view(), name="job_cancel"),
    path("schedules/", console.Schedules.as_view(), name="schedules"),
    path("schedules/<int:pk>/rhythm/", console.SetRhythm.as_view(), name="schedule_rhythm"),
    path("schedules/<int:pk>/switch/", console.SwitchSchedule.as_view(), name="schedule_switch"),
    path("policies/", console.Policies.as_view(), name="policies"),
    path("policies/<str:key>/", console.SetPolicy.as_view(), name="policy"),
    path("notices/", notices.Notices.as_view(), name="notices"),
    path("notices/<int:pk>/", notices.NoticeDetail.as_view(), name="notice"),
    path("notices/<int:pk>/told/", notices.ToldByHand.as_view(), name="notice_told"),
    path("outgoing/", messages.OutgoingMessages.as_view(), name="outgoing"),
    path("outgoing/pause/", messages.PauseOutgoing.as_view(), name="pause"),
    path("outgoing/release/", messages.ReleaseOutgoing.as_view(), name="release"),
    path("outgoing/<int:pk>/", messages.OutgoingMessage.as_view(), name="outgoing_message"),
    re_path(
        r"^outgoing/(?P<pk>\d+)/(?P<verb>retry|sent|cancel)/$", messages.OutgoingVerb.as_view(), name="outgoing_verb"
    ),
    path("incoming/", messages.IncomingFiles.as_view(), name="incoming"),
    path("incoming/fetch/", messages.FetchAll.as_view(), name="fetch"),
    path("incoming/<int:pk>/", messages.IncomingFile.as_view(), name="incoming_file"),
    path("incoming/<int:pk>/file/", messages.IncomingBytes.as_view(), name="incoming_bytes"),
    path("incoming/<int:pk>/read-again/", messages.ReadAgain.as_view(), name="read_again"),
    path("printing/", printing.Prints.as_view(), name="prints"),
    path("printing/done/", printing.PrintsDone.as_view(), name="prints_done"),
    path("printing/<int:pk>/document/", printing.PrintDocument.as_view(), name="print_document"),
    path("printing/<int:pk>/again/", printing.PrintAgain.as_view(), name="print_again"),
    path("people/", people.People.as_view(), name="people"),
    path("people/me/password/", people.OwnPassword.as_view(), name="own_password"),
    path("people/new/", people.NewPerson.as_view(), name="person_new"),
    path("people/<int:pk>/", people.Person.as_view(), name="person"),
    path("people/<int:pk>/edit/", people.EditPerson.as_view(), name="person_edit"),
    path("people/<int:pk>/roles/", people.PersonRoles.as_view(), name="person_roles"),
    path("people/<int:pk>/password/", people.PersonPassword.as_view(), name="person_password"),
    path("roles/", people.Roles.as_view(), name="roles"),
    path("roles/<int:pk>/", people.RoleDetail.as_view(), name="role"),
    path("roles/<int:pk>/<str:name>/", people.EditGrant.as_view(), name="grant"),
    path("branches/", places.Branches.as_view(), name="branches"),
    path("branches/new/", places.NewBranch.as_view(), name="branch_new"),
    path("branches/<int:pk>/", places.BranchDetail.as_view(), name="branch"),
    path("branches/<int:pk>/edit/", places.EditBranch.as_view(), name="branch_edit"),
    path("branches/<int:pk>/week/", calendar.BranchWeek.as_view(), name="branch_week"),
    path("calendar/", calendar.Closings.as_view(), name="calendar"),
    path("calendar/new/", calendar.CloseDays.as_view(), name="closing_new"),
    path("calendar/<int:pk>/open/", calendar.OpenDays.as_view(), name="closing_open"),
    path("calendar/copy/<int:year>/", calendar.CopyYear.as_view(), name="calendar_copy"),
    path("printers/", places.Printers.as_view(), name="printers"),
    path("printers/new/", places.NewPrinter.as_view(), name="printer_new"),
    path("printers/<int:pk>/", places.EditPrinter.as_view(), name="printer_edit"),
    path("connections/", places.Connections.as_view(), name="connections"),
    path("connections/new/", places.NewConnection.as_view(), name="connection_new"),
    path("connections/<int:pk>/", places.ConnectionDetail.as_view(), name="connection"),
    path("connections/<int:pk>/edit/", places.EditConnection.as_view(), name="connection_edit"),
    path("connections/<int:pk>/fetch/", places.FetchNow.as_view(), name="connection_fetch"),
]
