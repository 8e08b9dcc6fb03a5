"""What leaves the building and what comes in: the row is the queue, Celery only the doorbell."""

from __future__ import annotations

from django.contrib.contenttypes.models import ContentType
from django.db import models
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from techsvc.kernel.models.secrets import SecretField


class TransportKind(models.TextChoices):
    FOLDER = "folder", _("folder")
    SFTP = "sftp", "SFTP"
    FTPS = "ftps", "FTPS"
    FTP = "ftp", _("FTP (not encrypted)")
    MAIL = "mail", _("mail")
    UPLOAD = "upload", _("upload by staff")


class Connection(models.Model):
    """How files travel to and from one partner: host, account, folders and the key that proves who answers."""

    code = models.SlugField(_("code"), max_length=40, unique=True)
    name = models.CharField(_("name"), max_length=120)
    kind = models.CharField(_("transport"), max_length=10, choices=TransportKind.choices)
    reads = models.CharField(
        _("reads"), max_length=40, blank=True, help_text=_("What kind of file comes in here: edi, or nothing")
    )
    host = models.CharField(_("host"), max_length=200, blank=True)
    port = models.PositiveIntegerField(_("port"), null=True, blank=True)
    username = models.CharField(_("user name"), max_length=120, blank=True)
    secret = SecretField(_("password"), blank=True)
    host_key = models.TextField(_("host key"), blank=True, help_text=_("The server's public key, pinned"))
    root = models.CharField(_("shared folder"), max_length=300, blank=True, help_text=_("For the transport “folder”"))
    outbox = models.CharField(_("folder for our files"), max_length=300, blank=True)
    inbox = models.CharField(_("folder of their files"), max_length=300, blank=True)
    active = models.BooleanField(_("active"), default=True)
    last_polled_at = models.DateTimeField(_("last asked"), null=True, blank=True)
    last_error = models.TextField(_("last fault"), blank=True)

    class Meta:
        ordering = ("name",)
        verbose_name = _("connection")
        constraints = (
            models.CheckConstraint(
                condition=models.Q(kind__in=("folder", "sftp", "ftps", "ftp", "mail", "upload")),
                name="kernel_connection_kind",
            ),
        )

    def __str__(self) -> str:
        return self.name

    def get_absolute_url(self) -> str:
        return reverse("kernel:connection", args=[self.pk])


class OutgoingState(models.TextChoices):
    """waiting → sending → sent; `unknown` when the attempt may have arrived; `dead` when it needs a person."""

    WAITING = "waiting", _("waiting to leave")
    SENDING = "sending", _("leaving")
    UNKNOWN = "unknown", _("may have arrived")
    SENT = "sent", _("sent")
    DEAD = "dead", _("could not be sent")
    CANCELLED = "cancelled", _("cancelled")


class Outgoing(models.Model):
    """One file or mail that has to leave exactly once.

    `key` names the reason (an order, a notice) and is unique, so a replayed action queues nothing twice.
    Rows of one `ordering_key` leave in the order in which they were queued.
    """

    connection = models.ForeignKey(Connection, models.PROTECT, related_name="outgoing", verbose_name=_("to"))
    kind = models.CharField(_("kind"), max_length=40)
    key = models.CharField(max_length=120, unique=True)
    ordering_key = models.CharField(max_length=80)
    name = models.CharField(_("file name"), max_length=120)
    body = models.BinaryField(_("content"))
    sha256 = models.CharField(max_length=64)
    recipient = models.CharField(_("recipient"), max_length=254, blank=True)
    subject_type = models.ForeignKey(ContentType, models.PROTECT, related_name="+")
    subject_id = models.CharField(max_length=40)
    state = models.CharField(_("state"), max_length=10, choices=OutgoingState.choices, default=OutgoingState.WAITING)
    attempts = models.PositiveIntegerField(_("attempts"), default=0)
    queued_at = models.DateTimeField(_("queued"))
    due_at = models.DateTimeField(_("due"))
    claimed_at = models.DateTimeField(_("attempt began"), null=True, blank=True)
    sent_at = models.DateTimeField(_("sent"), null=True, blank=True)
    last_error = models.TextField(_("last fault"), blank=True)

    class Meta:
        ordering = ("-id",)
        verbose_name = _("outgoing message")
        indexes = (
            models.Index(
                fields=("due_at",),
                name="kernel_outgoing_due",
                condition=models.Q(state__in=("waiting", "sending", "unknown")),
            ),
            models.Index(fields=("ordering_key", "id"), name="kernel_outgoing_order"),
            models.Index(fields=("subject_type", "subject_id"), name="kernel_outgoing_subject"),
        )
        constraints = (
            models.UniqueConstraint(fields=("connection", "name"), name="kernel_outgoing_name_once"),
            models.CheckConstraint(
                condition=models.Q(state__in=("waiting", "sending", "unknown", "sent", "dead", "cancelled")),
                name="kernel_outgoing_state",
            ),
        )

    def __str__(self) -> str:
        return self.name

    def get_absolute_url(self) -> str:
        return reverse("kernel:outgoing_message", args=[self.pk])


class Attempt(models.Model):
    """One try to send an outgoing message and what came of it."""

    outgoing = models.ForeignKey(Outgoing, models.CASCADE, related_name="attempt_rows")
    at = models.DateTimeField(_("when"))
    outcome = models.CharField(_("outcome"), max_length=20)
    detail = models.TextField(_("detail"), blank=True)

    class Meta:
        ordering = ("id",)
        verbose_name = _("attempt")

    def __str__(self) -> str:
        return f"{self.outcome} {self.detail}"


class IncomingState(models.TextChoices):
    NEW = "new", _("not read yet")
    READ = "read", _("taken in")
    HELD = "held", _("waits for a person")
    REFUSED = "refused", _("can't be read")


class Incoming(models.Model):
    """The bytes of one file as they arrived, kept before anything is made of them.

    Unique on (connection, sha256): the same bytes again are another sighting, not another message.
    """

    connection = models.ForeignKey(Connection, models.PROTECT, related_name="incoming", verbose_name=_("from"))
    kind = models.CharField(_("kind"), max_length=40)
    name = models.CharField(_("file name"), max_length=200)
    body = models.BinaryField(_("content"))
    sha256 = models.CharField(max_length=64)
    size = models.PositiveBigIntegerField(_("bytes"))
    received_at = models.DateTimeField(_("arrived"))
    state = models.CharField(_("state"), max_length=10, choices=IncomingState.choices, default=IncomingState.NEW)
    read_at = models.DateTimeField(_("taken in at"), null=True, blank=True)
    attempts = models.PositiveIntegerField(_("attempts"), default=0)
    fault = models.TextField(_("fault"), blank=True)

    class Meta:
        ordering = ("-id",)
        verbose_name = _("incoming file")
        indexes = (models.Index(fields=("received_at",), name="kernel_incoming_new", condition=models.Q(state="new")),)
        constraints = (
            models.UniqueConstraint(fields=("connection", "sha256"), name="kernel_incoming_bytes_once"),
            models.CheckConstraint(
                condition=models.Q(state__in=("new", "read", "held", "refused")), name="kernel_incoming_state"
            ),
        )

    def __str__(self) -> str:
        return self.name

    def get_absolute_url(self) -> str:
        return reverse("kernel:incoming_file", args=[self.pk])


class IncomingPart(models.Model):
    """A piece of an incoming file that is too long for one row; `Incoming.body` is empty then."""

    incoming = models.ForeignKey(Incoming, models.CASCADE, related_name="parts")
    number = models.PositiveIntegerField()
    body = models.BinaryField(_("content"))

    class Meta:
        ordering = ("number",)
        verbose_name = _("part of an incoming file")
        constraints = (models.UniqueConstraint(fields=("incoming", "number"), name="kernel_incoming_part_once"),)

    def __str__(self) -> str:
        return f"{self.incoming_id}/{self.number}"


class Sighting(models.Model):
    """Each time that the bytes of an incoming file were seen, under whatever name."""

    incoming = models.ForeignKey(Incoming, models.CASCADE, related_name="sightings")
    at = models.DateTimeField(_("when"))
    name = models.CharField(_("file name"), max_length=200)

    class Meta:
        ordering = ("id",)
        verbose_name = _("sighting")

    def __str__(self) -> str:
        return self.name
