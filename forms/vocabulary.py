"""The words of XLSForm that fieldkit runs, warns about and refuses, each refusal with what to use instead."""

from __future__ import annotations

QUESTION_TYPES = frozenset(
    {
        "text",
        "integer",
        "decimal",
        "date",
        "time",
        "dateTime",
        "select_one",
        "select_multiple",
        "select_one_from_file",
        "select_multiple_from_file",
        "rank",
        "range",
        "note",
        "acknowledge",
        "image",
        "audio",
        "video",
        "file",
        "geopoint",
        "barcode",
        "calculate",
        "hidden",
        "start",
        "end",
        "today",
        "username",
        "deviceid",
        "csv-external",
        "xml-external",
        "begin_group",
        "begin_repeat",
    }
)
REFUSED_TYPES = {
    "geotrace": "a geopoint, or words in a text question",
    "geoshape": "a geopoint, or words in a text question",
    "start-geopoint": "a geopoint question that somebody answers knowingly",
    "background-geopoint": "a geopoint question that somebody answers knowingly",
    "background-audio": "an audio question that everybody in the room knows of",
    "audit": "nothing: the device keeps its own audit",
    "osm": "a text question",
    "printer": "an export of the finished record",
    "select_one_external": "select_one with a choice_filter, or select_one_from_file",
    "begin_loop": "a repeat",
}
WARNED_TYPES = {
    "email": "a text question with a constraint",
    "phonenumber": "a text question with the appearance “numbers”",
}
REFUSED_APPEARANCES = {
    "annotate": "an image and a text question",
    "image-map": "select_one with labels",
    "ethiopian": "a date without a calendar appearance",
    "coptic": "a date without a calendar appearance",
    "islamic": "a date without a calendar appearance",
    "persian": "a date without a calendar appearance",
    "bikram-sambat": "a date without a calendar appearance",
    "myanmar": "a date without a calendar appearance",
}
KNOWN_APPEARANCES = frozenset(
    {
        "minimal",
        "autocomplete",
        "search",
        "quick",
        "multiline",
        "numbers",
        "url",
        "masked",
        "thousands-sep",
        "likert",
        "columns",
        "columns-pack",
        "label",
        "list-nolabel",
        "table-list",
        "field-list",
        "year",
        "month-year",
        "no-calendar",
        "rating",
        "picker",
        "vertical",
        "no-ticks",
        "signature",
        "counter",
    }
) | {f"columns-{number}" for number in range(1, 11)}
REFUSED_SETTINGS = {
    "public_key": "nothing: fieldkit encrypts everything it keeps and sends",
    "submission_url": "nothing: fieldkit sends to the central it is enrolled with",
    "sms_keyword": "nothing: fieldkit sends no text messages",
    "sms_separator": "nothing: fieldkit sends no text messages",
    "prefix": "nothing: fieldkit sends no text messages",
}
REFUSED_COLUMNS = {
    "sms_field": "nothing: fieldkit sends no text messages",
    "sms_option": "nothing: fieldkit sends no text messages",
}
OWN_COLUMNS = frozenset(
    {
        "merge",
        "order",
        "class",
        "conflict",
        "voice",
        "domain",
        "need",
        "anchors",
        "room",
        "was",
        "export",
        "unit",
        "upgrade",
        "quality",
    }
)
"""The columns of fieldkit's own: `bind::fp:merge` and its fellows."""
QUALITIES = frozenset(
    {
        "own-details",
        "childs-voice",
        "seen-alone",
        "father",
        "extended-family",
        "evidence",
        "analysis",
        "plan-for-need",
    }
)
"""What the quality meter knows by name: the marks of `bind::fp:quality`."""
NAMESPACE = "urn:fieldkit:form"

MOST_VERTICES = 2000
MOST_REPEAT_LEVELS = 3
MOST_CHOICES = 5000
LONGEST_PAGE = 12
EXPRESSIONS = ("relevant", "constraint", "calculation", "required", "readonly", "choice_filter", "repeat_count")
