"""What register pages look like, and which of them a page is."""

from pipeline.forms.form import Block, Form, Label
from pipeline.forms.formfile import FormError
from pipeline.forms.library import all_forms, all_tables, label_of, load_form, own_forms, use_own_forms

__all__ = [
    "Block",
    "Form",
    "FormError",
    "Label",
    "all_forms",
    "all_tables",
    "label_of",
    "load_form",
    "own_forms",
    "use_own_forms",
]
