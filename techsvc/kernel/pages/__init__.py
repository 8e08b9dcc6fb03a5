"""The seven kinds of pages that every department builds its screens from."""

from techsvc.kernel.pages import tones
from techsvc.kernel.pages.action import ActionPage, BulkPage
from techsvc.kernel.pages.base import ObjectPage, Page, Submits, problem, toast
from techsvc.kernel.pages.bench import BenchPage, BenchVerb, ScanResult
from techsvc.kernel.pages.cells import Column, Fact, Table
from techsvc.kernel.pages.charts import Bars
from techsvc.kernel.pages.detail import DetailPage
from techsvc.kernel.pages.filters import Filter, Tab
from techsvc.kernel.pages.form import ActionForm, FormPage
from techsvc.kernel.pages.list import ListPage
from techsvc.kernel.pages.report import ReportPage

__all__ = [
    "ActionForm",
    "ActionPage",
    "Bars",
    "BenchPage",
    "BenchVerb",
    "BulkPage",
    "Column",
    "DetailPage",
    "Fact",
    "Filter",
    "FormPage",
    "ListPage",
    "ObjectPage",
    "Page",
    "ReportPage",
    "ScanResult",
    "Submits",
    "Tab",
    "Table",
    "problem",
    "toast",
    "tones",
]
